import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { recipeSchema } from '../../contract/recipe.ts';
import { hasTensorflow } from '../../node/tensorflow.ts';
import { CHECKPOINT_FILE, loadCheckpoint } from '../../trainer/checkpoint.ts';
import { freshState, type Engine, type EngineOptions } from '../../trainer/engines/engine.ts';
import { ENGINES } from '../../trainer/engines/index.ts';
import { METRICS_FILE, readMetrics } from '../../trainer/metrics.ts';
import { exportModel } from '../../trainer/export.ts';
import { initialParameters } from '../../trainer/model/index.ts';
import { train } from '../../trainer/train.ts';
import { MINIATURE, relativeError, sampleBatch, TINY, TINY_RECIPE } from '../support/training.ts';

const NATIVE: EngineOptions = { allowCpuFallback: true };

/** Needs `npm run tfjs-native`. */
describe.skipIf(!hasTensorflow())('TensorFlow.js on native TensorFlow', () => {
  const start = freshState(initialParameters(TINY, 5));
  let native: Engine;
  let ort: Engine;
  beforeAll(async () => {
    native = await ENGINES['tfjs-gpu'](TINY, start, NATIVE);
    ort = await ENGINES.ort(TINY, start, {});
  });

  it.each([
    ['text', 3, 5],
    ['image', 2, 4],
  ] as const)('gives the loss and gradient of ort on %s', async (modality, rows, objects) => {
    const batch = sampleBatch(rows, objects, 7, modality);
    const one = await native.gradient(batch);
    const other = await ort.gradient(batch);
    expect(Math.abs(one.loss - other.loss) / other.loss).toBeLessThanOrEqual(1e-5);
    expect(relativeError(one.gradient, other.gradient)).toBeLessThanOrEqual(1e-5);
  });

  it('gives the losses of ort over 20 steps', async () => {
    for (let step = 1; step <= 20; step++) {
      const batch = sampleBatch(2, 2 + (step % 3), step % 4, 'text');
      const [one, other] = [
        await native.step(batch, 3e-3, step),
        await ort.step(batch, 3e-3, step),
      ];
      expect(Math.abs(one.loss - other.loss) / other.loss).toBeLessThanOrEqual(1e-5);
    }
  });

  it('leaks no tensor over 500 steps', async () => {
    const batch = sampleBatch(1, 2, 1, 'text');
    const tensors: number[] = [];
    for (let step = 1; step <= 500; step++) {
      await native.step(batch, 1e-4, step);
      tensors.push(tf.memory().numTensors);
    }
    expect(new Set(tensors).size).toBe(1);
  });

  it('trains a model to its end, which is exported and answers as well as that of ort', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bindscope-'));
    // An exported model is asked up to 32 objects, so a third stage expands the vocabulary. With all names
    // from the first step, the steps end before the task is learned.
    const [hops, task] = MINIATURE.stages;
    const few = MINIATURE.vocabulary;
    const recipe = recipeSchema.parse({
      ...MINIATURE,
      vocabulary: { colours: 32, shapes: 32, items: 32 },
      grid: 6,
      stages: [
        { ...hops, vocabulary: few },
        { ...task, vocabulary: few },
        { ...task, name: 'names' },
      ],
    });
    const accuracies = async (engine: 'tfjs-gpu' | 'ort') => {
      const run = join(folder, engine);
      await train({
        recipe,
        seed: 0,
        directory: run,
        provenance: { command: 'test', commit: 'test', engine },
        engine: ENGINES[engine],
        engineOptions: engine === 'ort' ? {} : NATIVE,
      });
      const models = join(folder, 'models');
      const { evaluation } = await exportModel({ run, id: engine, models, queries: 400 });
      const shuffled = evaluation.results.find(({ order }) => order === 'shuffled');
      return shuffled?.byObjects.slice(0, 3) ?? [];
    };
    const native = await accuracies('tfjs-gpu');
    expect(native.map(({ objects }) => objects)).toEqual([2, 3, 4]);
    const ort = await accuracies('ort');
    native.forEach(({ accuracy }, index) => {
      expect(accuracy).toBeGreaterThan(0.85);
      // Two trainings whose sums are rounded differently end as two different models.
      expect(Math.abs(accuracy - (ort[index]?.accuracy ?? NaN))).toBeLessThan(0.1);
    });
  });

  it('resumes bit for bit, and continues a run of ort', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bindscope-'));
    const run = (name: string, engine: 'tfjs-gpu' | 'ort', stopAfter?: number) =>
      train({
        recipe: TINY_RECIPE,
        seed: 3,
        directory: join(folder, name),
        provenance: { command: 'test', commit: 'test', engine },
        engine: ENGINES[engine],
        engineOptions: engine === 'ort' ? {} : NATIVE,
        ...(stopAfter !== undefined && { stopAfter }),
      });
    const checkpointOf = (name: string) => loadCheckpoint(join(folder, name, CHECKPOINT_FILE));
    const lossesOf = (name: string) =>
      readMetrics(join(folder, name, METRICS_FILE)).map(({ loss }) => loss);
    await run('whole', 'tfjs-gpu');
    await run('parts', 'tfjs-gpu', 13);
    await run('parts', 'tfjs-gpu');
    expect(checkpointOf('parts').state).toEqual(checkpointOf('whole').state);
    expect(checkpointOf('whole').provenance).toMatchObject({
      device: expect.stringMatching(/^[cg]pu$/) as string,
      engineVersion: expect.stringMatching(/^2\.\d+\.\d+$/) as string,
    });
    await run('mixed', 'ort', 13);
    await run('mixed', 'tfjs-gpu', 20);
    expect(checkpointOf('mixed').provenance.engineChanges).toMatchObject([
      { step: 13, engine: 'tfjs-gpu' },
    ]);
    // Means over steps 14 to 20.
    const [native20] = lossesOf('parts');
    const [mixed20] = lossesOf('mixed');
    expect((mixed20 ?? NaN) / (native20 ?? NaN)).toBeCloseTo(1, 5);
  });
});
