import { afterAll, beforeAll, expect, it } from 'vitest';
import { fuzz } from '../../harness/fuzz.ts';
import { fetchDocument, operationsOf } from '../../harness/openapi.ts';
import {
  startWorker,
  withEvaluations,
  WITH_REGISTRY,
  type RunningWorker,
} from '../../harness/worker.ts';

let worker: RunningWorker;
beforeAll(
  async () =>
    void (worker = await startWorker(undefined, { ...WITH_REGISTRY, ...withEvaluations() })),
);
afterAll(() => worker.stop());

/** The fixtures have learned positions, so none has an archive; `huggingface.test.ts` asks for one. */
const NEVER_WELL = ['getHuggingFaceArchive'];

// `npm run fuzz` sends more, with other seeds.
it('answers what it is asked as documented, thousands of times', async () => {
  const statuses = await fuzz(worker, { seed: 1, requests: 2800 });
  const all = [...statuses.values()].flatMap((counts) => [...counts]);
  const share = (wanted: number) => {
    const sum = (some: typeof all) => some.reduce((total, [, count]) => total + count, 0);
    return sum(all.filter(([status]) => status === wanted)) / sum(all);
  };
  // Neither only good requests nor only bad ones would test much.
  expect(share(200)).toBeGreaterThan(0.2);
  expect(share(400)).toBeGreaterThan(0.1);
  // Nor would requests that a route never takes: each that is read has answered well. What is written
  // depends on what others have written and deleted meanwhile, and has tests of its own.
  const reads = operationsOf(await fetchDocument(worker)).filter(({ method }) => method === 'get');
  const never = reads.filter(({ operationId }) => !statuses.get(operationId)?.has(200));
  expect(never.map(({ operationId }) => operationId)).toEqual(NEVER_WELL);
});
