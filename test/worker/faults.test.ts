import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { compareResponseSchema } from '../../contract/comparisons.ts';
import { compareEventSchema } from '../../contract/comparison-stream.ts';
import { FaultyAssets, type Fault } from '../support/faulty-assets.ts';
import { FIXTURES } from '../../harness/miniature-models.ts';
import { FIXTURES_DIRECTORY } from '../../build/paths.ts';
import { read, readProblem, startWorker, type RunningWorker } from '../../harness/worker.ts';
import { WAIT } from '../support/wait.ts';

/** A worker of each test's own, which has read nothing yet. */
let assets: FaultyAssets;
let worker: RunningWorker;
beforeEach(async () => {
  assets = new FaultyAssets(FIXTURES_DIRECTORY);
  worker = await startWorker(undefined, {
    assets: undefined,
    serviceBindings: { ASSETS: assets.serve },
  });
});
afterEach(() => worker.stop());

const compare = (model: string) => `/v1/compare?models=${model}&objects=3&queries=6`;
const MODEL = `${FIXTURES.text}/model.onnx`;

/** Times that the worker has read a model file, which it does once for each session it opens. */
const readsOf = (model: string): number =>
  Array.from(assets.reads).find(([path]) => path.endsWith(`${model}/model.onnx`))?.[1] ?? 0;

describe('a model file that is', () => {
  it.each<Fault>(['missing', 'truncated', 'failing', 'broken-off'])(
    '%s fails its model alone, and until it is there again',
    async (fault) => {
      assets.faults.set(MODEL, fault);
      const problem = await readProblem(await worker.fetch(compare(FIXTURES.text)));
      expect(problem).toMatchObject({ status: 503 });
      expect(JSON.stringify(problem)).not.toMatch(/stack|\.ts|broke off|out of order/);
      expect((await worker.fetch('/v2/health/ready')).status).toBe(503);
      expect((await worker.fetch(compare(FIXTURES.seeing))).status).toBe(200);
      expect((await worker.fetch('/v1/queries?objects=3')).status).toBe(200);

      assets.faults.clear();
      expect((await worker.fetch(compare(FIXTURES.text))).status).toBe(200);
      expect((await worker.fetch('/v2/health/ready')).status).toBe(200);
    },
  );

  it('gone after it has answered makes the worker unready', async () => {
    expect((await worker.fetch('/v2/health/ready')).status).toBe(200);
    assets.faults.set(MODEL, 'missing');
    expect((await worker.fetch('/v2/health/ready')).status).toBe(503);
    assets.faults.clear();
    expect((await worker.fetch('/v2/health/ready')).status).toBe(200);
  });

  it('slow to come makes its own requests wait, and no other', async () => {
    assets.faults.set(MODEL, 'held');
    const waiting = [worker.fetch(compare(FIXTURES.text)), worker.fetch(compare(FIXTURES.text))];
    let arrived = false;
    void Promise.all(waiting).then(() => (arrived = true));
    expect((await worker.fetch('/v2/health/live')).status).toBe(200);
    expect((await worker.fetch('/v1/queries?objects=3')).status).toBe(200);
    expect(arrived).toBe(false);
    assets.release();
    for (const response of await Promise.all(waiting)) {
      expect((await read(response, compareResponseSchema)).models[0]?.model).toBe(FIXTURES.text);
    }
  });
});

it('30 requests that meet in a cold isolate read each model once', async () => {
  const models = [FIXTURES.text, FIXTURES.seeing];
  // Held, so that all requests wait for the same sessions; seeds differ, so that no cache answers.
  for (const model of models) assets.faults.set(`${model}/model.onnx`, 'held');
  const path = (seed: number) => `${compare(models.join(','))}&seed=${seed}`;
  const waiting = Array.from({ length: 30 }, (_, seed) => worker.fetch(path(seed)));
  await vi.waitFor(() => {
    expect(readsOf(FIXTURES.text)).toBe(1);
  }, WAIT);
  // It was sent last, so the others have arrived.
  expect((await worker.fetch('/v2/health/live')).status).toBe(200);
  assets.release();
  const answers = await Promise.all(
    waiting.map(async (sent) => read(await sent, compareResponseSchema)),
  );
  expect(answers).toHaveLength(30);
  expect(models.map(readsOf)).toEqual([1, 1]);

  // A session that was opened is kept.
  expect((await worker.fetch(path(30))).status).toBe(200);
  expect(models.map(readsOf)).toEqual([1, 1]);
});

describe('an index that is', () => {
  it.each<Fault>(['missing', 'truncated', 'failing'])('%s fails models alone', async (fault) => {
    assets.faults.set('/index.json', fault);
    expect(await readProblem(await worker.fetch('/v1/models'))).toMatchObject({ status: 500 });
    expect((await worker.fetch('/v2/health/live')).status).toBe(200);
    expect((await worker.fetch('/openapi.json')).status).toBe(200);
    assets.faults.clear();
    expect((await worker.fetch('/v1/models')).status).toBe(200);
  });
});

it('a page is shown without a model that is lost, and the log says for which request', async () => {
  assets.faults.set(MODEL, 'missing');
  const response = await worker.fetch(`/embed/scene?sceneIndex=3&models=${FIXTURES.text}`);
  expect(response.status).toBe(200);
  const id = response.headers.get('x-request-id');
  expect(id).toBeTruthy();
  await vi.waitFor(() => {
    expect(worker.logs).toContainEqual(expect.objectContaining({ message: 'failure', id }));
  }, WAIT);
});

describe('a stream', () => {
  const stream = (model: string, queries: number, signal?: AbortSignal) =>
    worker.fetch(
      `/v1/compare/stream?models=${model}&objects=8,16&questionsPerScene=1&queries=${queries}`,
      signal ? { signal } : {},
    );

  it('whose model is lost says so in its last line', async () => {
    assets.faults.set(MODEL, 'missing');
    const response = await stream(FIXTURES.text, 100);
    expect(response.status).toBe(200);
    const lines = (await response.text()).trimEnd().split('\n');
    const last = compareEventSchema.parse(JSON.parse(lines.at(-1) ?? ''));
    expect(last).toMatchObject({
      event: 'problem',
      problem: { status: 503, type: '/problems/model-unavailable' },
    });
    // The status 200 was already sent; the log has the failure.
    await vi.waitFor(() => {
      expect(worker.logs).toContainEqual(
        expect.objectContaining({ level: 'error', message: 'failure', name: 'ServiceError' }),
      );
    }, WAIT);
  });

  it('whose client hangs up leaves a worker that works, time and again', async () => {
    for (let again = 0; again < 3; again++) {
      const impatient = new AbortController();
      const response = await stream(FIXTURES.text, 1500, impatient.signal);
      await response.body?.getReader().read();
      impatient.abort();
      expect((await worker.fetch(compare(FIXTURES.seeing))).status).toBe(200);
    }
    const whole = await stream(FIXTURES.text, 100);
    expect((await whole.text()).trimEnd().split('\n').at(-1)).toContain('"result"');
  });
});

it('a request for tensors whose client hangs up is forgotten', async () => {
  const impatient = new AbortController();
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('{"inputs": ['));
    },
  });
  const lost = worker.fetch(`/v2/models/${FIXTURES.text}/infer`, {
    method: 'POST',
    body,
    duplex: 'half',
    signal: impatient.signal,
  } as RequestInit);
  setTimeout(() => {
    impatient.abort();
  }, 100);
  await expect(lost).rejects.toThrow();
  expect((await worker.fetch(compare(FIXTURES.text))).status).toBe(200);
});
