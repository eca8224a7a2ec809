import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importedCardSchema } from '../../contract/card.ts';
import { probesSchema } from '../../contract/probes.ts';
import { openModel } from '../../inference/session.ts';
import { importModel, ImportError, type ImportedModel } from '../../measurement/import-model.ts';
import { nodeRuntime } from '../../node/onnx-runtime.ts';
import { readOnnx, writeOnnx } from '../../onnx/codec.ts';
import { EXTERNAL, type OnnxTensor } from '../../onnx/model.ts';
import { checkModelGraph } from '../../services/registry/graph-checks.ts';
import { assembleBatch } from '../../task/batch.ts';
import { packPrompt } from '../../task/prompt.ts';
import { generateScene } from '../../task/scene.ts';
import { parseSpec } from '../../task/spec.ts';
import { foreignFile, foreignPath } from '../fixtures/onnx/files.ts';

const FEW = { id: 'my-gpt', queries: 10, pairs: 8 } as const;
const GPT = 'gpt/model.onnx';

const folder = mkdtempSync(join(tmpdir(), 'bindscope-import-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function logitsOf({ card, model }: ImportedModel): Promise<Float32Array> {
  const spec = parseSpec({ objects: 4 });
  const asked = [0, 3].map((object) => ({ question: 'indirect' as const, object }));
  const prompt = packPrompt(generateScene(spec, 1, 0), 'text', spec.grid, asked);
  const files = { model, featureWidth: 0, signature: card.signature };
  const session = await openModel(await nodeRuntime(), files);
  const logits = await session.logits(assembleBatch([{ prompt }]));
  await session.release();
  return logits;
}

/** The message of the refusal. */
const refusal = (path: string): Promise<string> =>
  importModel(path, FEW).then(
    () => expect.fail(`${path} was imported`),
    (error: unknown) => {
      expect(error).toBeInstanceOf(ImportError);
      return (error as ImportError).message;
    },
  );

describe('a GPT with random weights', () => {
  let imported: ImportedModel;
  beforeAll(async () => {
    imported = await importModel(foreignPath(GPT), FEW);
  });

  it('has a card that says what it is, and can be published', () => {
    const { card, model } = imported;
    expect(importedCardSchema.parse(JSON.parse(JSON.stringify(card)))).toEqual(card);
    expect(card).toMatchObject({
      kind: 'imported',
      id: 'my-gpt',
      description: 'Imported from model.onnx.',
      signature: { kind: 'decoder', vocabulary: 470 },
      hooks: { residual: null },
      source: { file: 'model.onnx', sha256: card.files.model.sha256 },
    });
    expect(card.network.layers).toBeGreaterThan(0);
    expect(Buffer.compare(model, foreignFile(GPT))).toBe(0);
    expect(checkModelGraph(card, model)).toEqual([]);
  });

  it('is at chance', () => {
    const { results } = imported.card.evaluation;
    expect(results.map(({ order }) => order)).toEqual(['context', 'shuffled']);
    for (const { id, ood } of results) {
      expect(id.count).toBeGreaterThanOrEqual(70);
      // It chooses among 470 tokens; with the items alone it would be 1 in 32.
      expect(id.accuracy).toBeLessThan(0.1);
      expect(ood.accuracy).toBeLessThan(0.1);
    }
  });

  it('has no layer at which a patch decides the answer', () => {
    const probes = probesSchema.parse(JSON.parse(JSON.stringify(imported.probes)));
    expect(probes).toMatchObject({ model: 'my-gpt', digest: imported.card.files.model.sha256 });
    const { interchange = [] } = probes;
    expect(interchange.length).toBeGreaterThan(0);
    for (const { firstCausalLayer } of interchange) expect(firstCausalLayer).toBeNull();
  });

  it('has the same logits when its weights are in a file beside it', async () => {
    const path = withWeightsIn('weights.bin');
    expect(await logitsOf(await importModel(path, FEW))).toEqual(await logitsOf(imported));
  });
});

const sizeOf = ({ rawData }: OnnxTensor): number => rawData?.length ?? 0;

/** Moves the largest weight of the GPT into a side file, which begins with 16 other bytes. */
function withWeightsIn(location: string): string {
  const model = readOnnx(foreignFile(GPT));
  const { initializers } = model.graph;
  const [moved] = initializers.toSorted((a, b) => sizeOf(b) - sizeOf(a));
  const weights = moved?.rawData;
  if (!moved || !weights) throw new Error('the fixture has no weights');
  const external = {
    ...moved,
    rawData: new Uint8Array(),
    dataLocation: EXTERNAL,
    externalData: Object.entries({ location, offset: '16', length: `${weights.length}` }).map(
      ([key, value]) => ({ key, value, unread: [] }),
    ),
  };
  const inside = mkdtempSync(join(folder, 'model-'));
  const path = join(inside, 'model.onnx');
  const graph = {
    ...model.graph,
    initializers: initializers.map((tensor) => (tensor === moved ? external : tensor)),
  };
  writeFileSync(path, writeOnnx({ ...model, graph }));
  mkdirSync(join(inside, 'below'));
  writeFileSync(join(inside, location), Buffer.concat([Buffer.alloc(16), weights]));
  expect(readFileSync(path).length).toBeLessThan(foreignFile(GPT).length - weights.length / 2);
  return path;
}

describe('a file is refused in one line', () => {
  it.each(['qwen2', 'qwen2-genai'])('with another vocabulary: %s', async (name) => {
    const path = foreignPath(`${name}/model.onnx`);
    expect(await refusal(path)).toBe(`${path} has a vocabulary of 320 tokens; the task has 470`);
  });

  it.each(['../weights.bin', 'below/weights.bin'])('with weights in %s', async (location) => {
    expect(await refusal(withWeightsIn(location))).toMatch(
      new RegExp(`is in "${location}"; it must be in a file beside the model$`),
    );
  });

  it('where there is none', async () => {
    expect(await refusal(join(folder, 'nothing.onnx'))).toBe(
      `there is no file ${join(folder, 'nothing.onnx')}`,
    );
  });

  it('that is not ONNX', async () => {
    const path = join(folder, 'text.onnx');
    writeFileSync(path, 'not a graph');
    expect(await refusal(path)).toMatch(/text\.onnx cannot be (imported|served): .+$/);
  });
});
