import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ENGINES } from '../../trainer/engines/index.ts';
import { freshState, type Engine } from '../../trainer/engines/engine.ts';
import { initialParameters } from '../../trainer/model/index.ts';
import { relativeError, sampleBatch, TINY } from '../support/training.ts';

/** The traced graph in ONNX Runtime must be the model that TensorFlow.js runs eagerly. */
describe('ort against tfjs-cpu', () => {
  let traced: Engine;
  let eager: Engine;

  beforeAll(async () => {
    const start = freshState(initialParameters(TINY, 5));
    traced = await ENGINES.ort(TINY, start, {});
    eager = await ENGINES['tfjs-cpu'](TINY, start, {});
  });
  afterAll(() => Promise.all([traced.dispose(), eager.dispose()]));

  it.each([
    ['text', 2, 3],
    ['text', 3, 5],
    ['image', 2, 4],
  ] as const)(
    'gives the same loss and gradient on %s, %i x %i',
    async (modality, rows, objects) => {
      const batch = sampleBatch(rows, objects, 7, modality);
      const one = await traced.gradient(batch);
      const other = await eager.gradient(batch);
      expect(Math.abs(one.loss - other.loss) / other.loss).toBeLessThanOrEqual(1e-5);
      expect(relativeError(one.gradient, other.gradient)).toBeLessThanOrEqual(1e-5);
      expect(one.gradient.filter((value) => value !== 0).length).toBeGreaterThan(1000);
    },
  );

  it('gives the same logits', async () => {
    const batch = sampleBatch(2, 6, 8, 'image');
    expect(relativeError(await traced.logits(batch), await eager.logits(batch))).toBeLessThan(1e-5);
  });

  it('gives the same loss after 20 steps', async () => {
    let losses = { traced: 0, eager: 0, first: 0 };
    for (let step = 1; step <= 20; step++) {
      const batch = sampleBatch(2, 2 + (step % 3), step % 4, step % 5 === 0 ? 'image' : 'text');
      const [one, other] = [
        await traced.step(batch, 3e-3, step),
        await eager.step(batch, 3e-3, step),
      ];
      expect([...one.predictions]).toEqual([...other.predictions]);
      losses = { traced: one.loss, eager: other.loss, first: losses.first || other.loss };
    }
    expect(Math.abs(losses.traced - losses.eager) / losses.eager).toBeLessThanOrEqual(1e-5);
    expect(losses.eager).toBeLessThan(losses.first);
    const [one, other] = [await traced.state(), await eager.state()];
    expect(relativeError(one.theta, other.theta)).toBeLessThan(1e-4);
  });
});

describe('the gradient', () => {
  it('is the slope of the loss', async () => {
    const theta = initialParameters(TINY, 6);
    const batch = sampleBatch(2, 3, 9, 'image');
    const lossAt = async (parameters: Float32Array) => {
      const engine = await ENGINES.ort(TINY, freshState(parameters), {});
      const { loss, gradient } = await engine.gradient(batch);
      await engine.dispose();
      return { loss, gradient };
    };
    const { gradient } = await lossAt(theta);
    // Along the gradient itself the slope is its squared norm.
    const norm = Math.hypot(...gradient.filter((value) => value !== 0));
    const shifted = (by: number) =>
      theta.map((value, i) => value + (by * (gradient[i] ?? NaN)) / norm);
    const slope = ((await lossAt(shifted(0.01))).loss - (await lossAt(shifted(-0.01))).loss) / 0.02;
    expect(slope / norm).toBeCloseTo(1, 1);
  });
});

describe('an engine', () => {
  const start = freshState(initialParameters(TINY, 0));

  it('refuses options that it does not have', async () => {
    await expect(ENGINES['tfjs-gpu'](TINY, start, { provider: 'cpu' })).rejects.toThrow(
      '--provider is an option of the engine ort',
    );
    await expect(ENGINES['tfjs-cpu'](TINY, start, { threads: 2 })).rejects.toThrow(
      'the engine tfjs-cpu has one thread, not 2',
    );
    await expect(ENGINES.ort(TINY, start, { allowCpuFallback: true })).rejects.toThrow(
      '--allow-cpu-fallback is an option of the engine tfjs-gpu',
    );
  });

  it('says where it computes, and with which version', async () => {
    const engine = await ENGINES.ort(TINY, start, {});
    expect(engine.device).toBe('cpu');
    expect(engine.version).toMatch(/^1\.\d+\.\d+$/);
    await engine.dispose();
  });
});
