import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { hasTensorflow } from '../../node/tensorflow.ts';
import { CHECKPOINT_FILE, loadCheckpoint } from '../../trainer/checkpoint.ts';
import { freshState, type Engine, type EngineOptions } from '../../trainer/engines/engine.ts';
import { ENGINES } from '../../trainer/engines/index.ts';
import { METRICS_FILE, readMetrics } from '../../trainer/metrics.ts';
import { initialParameters } from '../../trainer/model/index.ts';
import { train } from '../../trainer/train.ts';
import { relativeError, sampleBatch, TINY, TINY_RECIPE } from '../support/training.ts';

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
    // Means over steps 14 to 20.
    const [native20] = lossesOf('parts');
    const [mixed20] = lossesOf('mixed');
    expect((mixed20 ?? NaN) / (native20 ?? NaN)).toBeCloseTo(1, 5);
  });
});
