import { afterAll, beforeAll, expect, it } from 'vitest';
import { compareResponseSchema } from '../../contract/comparisons.ts';
import { modelListSchema } from '../../contract/models.ts';
import { ROOT } from '../../build/paths.ts';
import { read, startWorker, type RunningWorker } from '../../harness/worker.ts';

let worker: RunningWorker;
beforeAll(async () => void (worker = await startWorker(`${ROOT}models`)));
afterAll(() => worker.stop());

it('the shipped models do in workerd what their cards say they can', async () => {
  const { models } = await read(await worker.fetch('/v1/models'), modelListSchema);
  expect(models.map(({ id }) => id)).toContain('text-only');
  for (const { id, accuracy } of models) {
    expect(accuracy.length, id).toBeGreaterThan(0);
    for (const { modality, order, id: inside } of accuracy) {
      const query = `models=${id}&objects=2,5,8&queries=96&modality=${modality}&order=${order}&seed=1`;
      const answered = await read(
        await worker.fetch(`/v1/compare?${query}`),
        compareResponseSchema,
      );
      // Other queries than the card's, so the shares agree as far as chance lets them.
      const [low, high] = answered.models[0]?.id?.interval ?? [0, 0];
      expect(low - 0.05).toBeLessThanOrEqual(inside.accuracy);
      expect(high + 0.05).toBeGreaterThanOrEqual(inside.accuracy);
    }
  }
});
