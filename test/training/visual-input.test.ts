import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Recipe } from '../../contract/recipe.ts';
import { CHECKPOINT_FILE, loadCheckpoint } from '../../trainer/checkpoint.ts';
import { openFrozenEncoder } from '../../measurement/encoders/index.ts';
import { openOnnxEncoder } from '../../measurement/encoders/onnx-encoder.ts';
import type { FrozenEncoder } from '../../measurement/encoders/frozen-encoder.ts';
import { ENGINES } from '../../trainer/engines/index.ts';
import { ARCHITECTURE, initialParameters, sizeOf } from '../../trainer/model/index.ts';
import { parameterViews, tokenEmbeddings, withVisualInput } from '../../trainer/model/surgery.ts';
import { buildRecipe, type Regime } from '../../trainer/regimes/index.ts';
import { train } from '../../trainer/train.ts';
import { ROOT } from '../../build/paths.ts';
import { TINY } from '../support/training.ts';
import { visionTransformer } from '../support/vision-files.ts';

const config = (patchFeatures: number) => ({ ...TINY, patchFeatures });

const named = (patchFeatures: number, theta: Float32Array) =>
  parameterViews(config(patchFeatures), theta);
const { patchProjection } = ARCHITECTURE;

describe('the visual input of a model', () => {
  it('changes nothing else in how a model starts', () => {
    const blind = named(0, initialParameters(config(0), 3));
    const seeing = named(12, initialParameters(config(12), 3));
    expect(blind.has(patchProjection)).toBe(false);
    for (const [name, values] of blind) expect(seeing.get(name)).toEqual(values);
  });

  it('can be of any width on top of one parent, always the same for a seed', () => {
    const parent = initialParameters(config(0), 3).map((value) => value + 1);
    for (const width of [7, 12]) {
      const grown = named(width, withVisualInput(parent, config(0), config(width), 4, false));
      const fresh = named(width, initialParameters(config(width), 4));
      for (const [name, values] of named(0, parent)) expect(grown.get(name)).toEqual(values);
      expect(grown.get(patchProjection)).toEqual(fresh.get(patchProjection));
    }
  });

  it('stays as it was learnt where the encoder stays', () => {
    const parent = initialParameters(config(12), 3).map((value) => value + 1);
    expect(withVisualInput(parent, config(12), config(12), 4, true)).toEqual(parent);
    const anew = named(12, withVisualInput(parent, config(12), config(12), 4, false));
    expect(anew.get(patchProjection)).not.toEqual(named(12, parent).get(patchProjection));
  });

  it('is all that may differ', () => {
    const other = { ...config(7), layers: 3 };
    expect(() =>
      withVisualInput(initialParameters(config(0), 3), config(0), other, 4, false),
    ).toThrow(RangeError);
  });
});

describe('training with a frozen encoder', () => {
  const small = (from: Recipe): Recipe => ({
    ...from,
    model: { ...from.model, layers: 1, width: 16 },
    scenesPerBatch: 2,
  });
  const runIn = async (
    directory: string,
    encoder?: FrozenEncoder,
    options: { from?: string; embeddingsFrom?: string; seed?: number; stopAfter?: number } = {},
    regime: Regime = encoder ? 'image-only' : 'text-only',
  ) =>
    train({
      recipe: small(buildRecipe(regime, 'pocket', encoder?.identity)),
      seed: 0,
      directory,
      provenance: { command: 'test', commit: 'test', engine: 'test' },
      engine: ENGINES.ort,
      engineOptions: {},
      stopAfter: 2,
      ...(encoder && { encoder }),
      ...options,
    });

  it('starts from a text-only run, records the encoder, and goes on with no other', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bindscope-'));
    const [parent, child] = [join(folder, 'parent'), join(folder, 'child')];
    await runIn(parent);
    const encoder = await openFrozenEncoder('random', `${ROOT}models`);
    const from = join(parent, CHECKPOINT_FILE);
    expect(loadCheckpoint(from).recipe).toMatchObject({ model: { patchFeatures: 0 } });
    await runIn(child, encoder, { from });
    const { recipe: its } = loadCheckpoint(join(child, CHECKPOINT_FILE));
    expect(its.encoder).toEqual(encoder.identity);
    expect(its.model.patchFeatures).toBe(encoder.width);

    const identity = { ...encoder.identity, name: 'other', sha256: '0'.repeat(64) };
    await expect(runIn(child, { ...encoder, identity }, { stopAfter: 4 })).rejects.toThrow(
      /was trained with the encoder random \([0-9a-f]{8}\), and this run has the encoder other \(00000000\)/,
    );
    expect((await runIn(child, encoder, { stopAfter: 4 })).step).toBe(4);
  });

  it("starts with a stranger's words where the recipe says so, and tells of it", async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bindscope-'));
    const [parent, stranger, child] = ['parent', 'stranger', 'child'].map((n) => join(folder, n));
    await runIn(parent);
    await runIn(stranger, undefined, { seed: 1 });
    const encoder = await openFrozenEncoder('random', `${ROOT}models`);
    const [from, embeddingsFrom] = [parent, stranger].map((run) => join(run, CHECKPOINT_FILE));
    const swap = (options: { embeddingsFrom?: string }) =>
      runIn(child, encoder, { from, stopAfter: 0, ...options }, 'donor-embeddings-image-only');

    await expect(swap({})).rejects.toThrow('needs a run to take token embeddings from');
    await expect(swap({ embeddingsFrom: from })).rejects.toThrow('has seed 0, as the parent has');
    await swap({ embeddingsFrom });
    const [grown, own, others] = [join(child, CHECKPOINT_FILE), from, embeddingsFrom].map(
      (path) => {
        const { recipe: its, state, lineage } = loadCheckpoint(path);
        const words = tokenEmbeddings(its.model, state.theta);
        const rest = state.theta.slice(-sizeOf([its.model.width, words.length / its.model.width]));
        return { words, unembedding: rest, lineage };
      },
    );
    expect(grown.words).toEqual(others.words);
    expect(grown.words).not.toEqual(own.words);
    expect(grown.unembedding).toEqual(own.unembedding);
    expect(grown.lineage).toMatchObject([{ seed: 0 }, { seed: 1, contributed: 'embeddings' }]);
  });

  it('works with one that looks at whole pictures, of any width, on the same parent', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bindscope-'));
    const [parent, child] = [join(folder, 'parent'), join(folder, 'child')];
    await runIn(parent);
    const path = join(folder, 'vit.onnx');
    writeFileSync(path, visionTransformer(1));
    const cache = { directory: join(folder, 'cache'), limit: 2 ** 24 };
    const encoder = await openOnnxEncoder(`onnx:${path},vit-b-16`, cache);
    await runIn(child, encoder, { from: join(parent, CHECKPOINT_FILE) });
    const { recipe: its } = loadCheckpoint(join(child, CHECKPOINT_FILE));
    expect(its.encoder).toMatchObject({
      name: 'onnx:vit-b-16',
      width: 768,
      inputScope: 'pictures',
    });
    expect(its.model.patchFeatures).toBe(768);
  });
});
