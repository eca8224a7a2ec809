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
import { ARCHITECTURE, initialParameters } from '../../trainer/model/index.ts';
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
    expect(seeing.size).toBe(blind.size + 1);
    expect(blind.size).toBeGreaterThan(10);
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

  it('stays as it was trained where the encoder stays', () => {
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
    // A run can start from a finished one only.
    stages: from.stages.map((stage) => ({ ...stage, steps: 1 })),
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

  it('starts from a text-only run, records the encoder, and continues with no other', async () => {
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
    await expect(runIn(child, { ...encoder, identity })).rejects.toThrow(
      /was trained with the encoder random \([0-9a-f]{8}\), and this run has the encoder other \(00000000\)/,
    );
    expect((await runIn(child, encoder, { stopAfter: 3 })).step).toBe(3);
  });

  it("starts with a donor's token embeddings where the recipe says so, and records it", async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bindscope-'));
    const [parent, donor, child] = [
      join(folder, 'parent'),
      join(folder, 'donor'),
      join(folder, 'child'),
    ];
    await runIn(parent);
    await runIn(donor, undefined, { seed: 1 });
    const encoder = await openFrozenEncoder('random', `${ROOT}models`);
    const from = join(parent, CHECKPOINT_FILE);
    const embeddingsFrom = join(donor, CHECKPOINT_FILE);
    const start = (options: { embeddingsFrom?: string }) =>
      runIn(child, encoder, { from, stopAfter: 0, ...options }, 'donor-embeddings-image-only');

    await expect(start({})).rejects.toThrow('needs a run to take token embeddings from');
    await expect(start({ embeddingsFrom: from })).rejects.toThrow('has seed 0, as the parent has');
    await start({ embeddingsFrom });
    const read = (path: string) => {
      const { recipe, state, lineage } = loadCheckpoint(path);
      const embeddings = tokenEmbeddings(recipe.model, state.theta);
      const unembedding = state.theta.slice(-embeddings.length);
      return { embeddings, unembedding, lineage };
    };
    const result = read(join(child, CHECKPOINT_FILE));
    expect(result.embeddings).toEqual(read(embeddingsFrom).embeddings);
    expect(result.embeddings).not.toEqual(read(from).embeddings);
    expect(result.unembedding).toEqual(read(from).unembedding);
    expect(result.lineage).toMatchObject([{ seed: 0 }, { seed: 1, contributed: 'embeddings' }]);
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
