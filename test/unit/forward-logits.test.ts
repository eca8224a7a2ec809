import { readFileSync } from 'node:fs';
import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { modelConfigSchema, type ModelConfig } from '../../contract/recipe.ts';
import { toFeeds } from '../../inference/model-inputs.ts';
import { openModel } from '../../inference/session.ts';
import { fuseModel } from '../../onnx/fusion/fuse.ts';
import { MASKED, type Batch } from '../../task/batch.ts';
import { ENGINES } from '../../trainer/engines/index.ts';
import { freshState } from '../../trainer/engines/engine.ts';
import { inferenceModel } from '../../trainer/model-file.ts';
import { parameterSpecs } from '../../trainer/model/index.ts';
import { ROOT } from '../../build/paths.ts';

/** Logits of `GPTNeoXForCausalLM`, which shares no code with ours: test/golden/forward-logits.py. */
const golden = (file: string) => readFileSync(`${ROOT}test/golden/${file}`);
const json = (file: string): unknown => JSON.parse(golden(file).toString());

const batchSchema = z.object({
  rows: z.number(),
  length: z.number(),
  tokens: z.array(z.number()),
  positions: z.array(z.number()),
  visible: z.array(z.string()),
  answerIndex: z.array(z.number()),
  patchFeatures: z.array(z.number()).optional(),
});
const caseSchema = z.object({
  name: z.string(),
  config: modelConfigSchema,
  weights: z.string(),
  parameters: z.array(z.tuple([z.string(), z.array(z.number())])),
  batch: batchSchema,
});
const logitsOf = z
  .record(z.string(), z.array(z.array(z.number())))
  .parse(json('forward-logits.json'));
const cases = z.array(caseSchema).parse(json('forward-cases.json'));

function batchOf(given: z.infer<typeof batchSchema>): Batch {
  const { rows, length, visible, patchFeatures } = given;
  return {
    rows,
    length,
    tokens: Int32Array.from(given.tokens),
    positions: Int32Array.from(given.positions),
    attentionBias: Float32Array.from(visible.join(''), (bit) => (bit === '1' ? 0 : MASKED)),
    answerIndex: Int32Array.from(given.answerIndex),
    targets: new Int32Array(given.answerIndex.length),
    ...(patchFeatures && { patchFeatures: Float32Array.from(patchFeatures) }),
  };
}

/** The largest difference to the golden logits of a case. */
function largestDifference(name: string, actual: Float32Array): number {
  const expected = logitsOf[name]?.flat() ?? [];
  expect(actual.length).toBe(expected.length);
  return Math.max(...expected.map((value, index) => Math.abs(value - (actual[index] ?? NaN))));
}

async function logitsOfFile(model: Uint8Array, batch: Batch, featureWidth: number) {
  const session = await ort.InferenceSession.create(model);
  const { logits } = await session.run(toFeeds(batch, featureWidth, ort.Tensor));
  return logits?.data as Float32Array;
}

describe.each(cases)('$name: the model is GPT-NeoX', (given) => {
  const batch = batchOf(given.batch);

  const config: ModelConfig = given.config;
  const theta = new Float32Array(Uint8Array.from(golden(given.weights)).buffer);

  it('stores its parameters in the order that checkpoints have', () => {
    const specs = parameterSpecs(config).map(({ name, shape }) => [name, shape]);
    expect(specs).toEqual(given.parameters);
  });

  it('run by TensorFlow.js', async () => {
    const engine = await ENGINES['tfjs-cpu'](config, freshState(theta), {});
    expect(largestDifference(given.name, await engine.logits(batch))).toBeLessThan(1e-5);
    await engine.dispose();
  });

  it('as an exported file', async () => {
    const model = inferenceModel(config, config, theta);
    const logits = await logitsOfFile(model, batch, config.patchFeatures);
    expect(largestDifference(given.name, logits)).toBeLessThan(1e-5);
  });

  it('as a graph that is rewritten for speed', async () => {
    const model = inferenceModel(config, config, theta);
    expect(fuseModel(model) !== undefined).toBe(config.ropeBase > 0);
    const runner = await openModel(ort, { model, featureWidth: config.patchFeatures });
    expect(largestDifference(given.name, await runner.logits(batch))).toBeLessThan(1e-5);
  });
});
