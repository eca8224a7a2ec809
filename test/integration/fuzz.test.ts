import { afterAll, beforeAll, expect, it } from 'vitest';
import { fuzz } from '../support/fuzz.ts';
import { startWorker, WITH_HISTORY, WITH_REGISTRY, type RunningWorker } from '../support/worker.ts';

let worker: RunningWorker;
beforeAll(
  async () => void (worker = await startWorker(undefined, { ...WITH_REGISTRY, ...WITH_HISTORY })),
);
afterAll(() => worker.stop());

// `npm run fuzz` sends more, with other seeds.
it('answers what it is asked as documented, thousands of times', { timeout: 120_000 }, async () => {
  const statuses = await fuzz(worker, { seed: 1, requests: 3000, timeLimit: 45_000 });
  const sent = Array.from(statuses.values()).reduce((sum, count) => sum + count, 0);
  // Neither only good requests nor only bad ones would test much.
  expect((statuses.get(200) ?? 0) / sent).toBeGreaterThan(0.2);
  expect((statuses.get(400) ?? 0) / sent).toBeGreaterThan(0.1);
});
