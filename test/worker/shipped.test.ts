import { afterAll, beforeAll, expect, it } from 'vitest';
import { ROOT } from '../../build/paths.ts';
import { compareResponseSchema } from '../../contract/comparisons.ts';
import { read, startWorker, type RunningWorker } from '../../harness/worker.ts';
import { SHIPPED_MODELS, shippedCard } from '../support/shipped.ts';

let worker: RunningWorker;
beforeAll(async () => void (worker = await startWorker(`${ROOT}models`)));
afterAll(() => worker.stop());

it.each(SHIPPED_MODELS)('%s does in workerd what its card says it can', async (id) => {
  const { results } = shippedCard(id).evaluation;
  expect(results.length).toBeGreaterThan(0);
  for (const { modality, order, id: measured } of results) {
    const query = `models=${id}&objects=5,8&queries=32&modality=${modality}&order=${order}&seed=1`;
    const response = await worker.fetch(`/v1/compare?${query}`);
    const { models } = await read(response, compareResponseSchema);
    // Other queries than the card's, so the shares agree as far as chance lets them.
    const [low, high] = models[0]?.id?.interval ?? [NaN, NaN];
    expect(low - 0.05, query).toBeLessThanOrEqual(measured.accuracy);
    expect(high + 0.05, query).toBeGreaterThanOrEqual(measured.accuracy);
  }
});
