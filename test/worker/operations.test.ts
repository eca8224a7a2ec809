import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { API_LIMITS } from '../../contract/limits.ts';
import { RATE_LIMITS } from '../../contract/rate-limits.ts';
import { FIXTURES } from '../../harness/miniature-models.ts';
import { readProblem, startWorker, type RunningWorker } from '../../harness/worker.ts';
import { WAIT } from '../support/wait.ts';

const COMPARE = `/v1/compare?models=${FIXTURES.text}&objects=2&queries=2`;

describe('rate limits', () => {
  let worker: RunningWorker;
  const few = 3;
  beforeAll(async () => {
    // Fewer than a deployment has; the period is the same.
    const limited = { simple: { limit: few, period: 60 as const } };
    worker = await startWorker(undefined, {
      ratelimits: { RATE_LIMIT_READ: limited, RATE_LIMIT_COMPUTE: limited },
    });
  });
  afterAll(() => worker.stop());

  it('let a few of one client through, then say when to come again', async () => {
    const statuses: number[] = [];
    let response: Response;
    // A period may end in between, and then they are counted anew.
    do {
      response = await worker.fetch(COMPARE);
      statuses.push(response.status);
    } while (response.ok && statuses.length < 3 * few);
    expect(statuses.slice(0, few)).toEqual(Array.from({ length: few }, () => 200));
    const other = { headers: { 'cf-connecting-ip': '203.0.113.9' } };
    expect((await worker.fetch(COMPARE, other)).status).toBe(200);
    const { limit, period } = RATE_LIMITS.compute;
    expect(response.headers.get('retry-after')).toBe(String(period));
    expect(response.headers.get('ratelimit')).toBe(`"compute";r=0;t=${period}`);
    expect(response.headers.get('ratelimit-policy')).toBe(`"compute";q=${limit};w=${period}`);
    const problem = await readProblem(response);
    expect(problem).toMatchObject({ status: 429, type: '/problems/rate-limited' });
  });

  it.each(['/', '/preview/comparison.png', `/v2/models/${FIXTURES.text}/ready`])(
    'count %s among what computes',
    async (path) => {
      const { headers } = await worker.fetch(path);
      expect(headers.get('ratelimit-policy')).toMatch(/^"compute"/);
    },
  );

  it('count reading apart, and never what says that the worker lives', async () => {
    const reading = await worker.fetch('/v1/models');
    expect(reading.status).toBe(200);
    expect(reading.headers.get('ratelimit-policy')).toMatch(/^"read"/);
    expect(reading.headers.has('ratelimit')).toBe(false);
    for (let sent = 0; sent < 2 * few; sent++) {
      expect((await worker.fetch('/v2/health/live')).status).toBe(200);
    }
  });
});

it('a counter that fails lets everybody through, and is logged', async () => {
  const worker = await startWorker(undefined, {
    wrappedBindings: { RATE_LIMIT_COMPUTE: { scriptName: 'no-counter' } },
    besides: [
      {
        name: 'no-counter',
        modules: true,
        script: `export default () => ({ limit: async () => { throw new Error('out of order') } })`,
      },
    ],
  });
  const response = await worker.fetch(COMPARE, { headers: { 'x-request-id': 'uncounted' } });
  expect(response.status).toBe(200);
  await vi.waitFor(() => {
    expect(worker.logs).toContainEqual(
      expect.objectContaining({ id: 'uncounted', message: 'failure', detail: 'out of order' }),
    );
  }, WAIT);
  await worker.stop();
});

describe('a worker without limits', () => {
  let worker: RunningWorker;
  beforeAll(async () => void (worker = await startWorker()));
  afterAll(() => worker.stop());

  const logged = (id: string, message: string) =>
    vi.waitFor(() => {
      const found = worker.logs.find((line) => line['id'] === id && line['message'] === message);
      if (!found) throw new Error(`nothing logged of ${id}`);
      return found;
    }, WAIT);

  it('promises none', async () => {
    const response = await worker.fetch('/v1/models');
    expect(response.headers.has('ratelimit-policy')).toBe(false);
  });

  it.each([
    ['/v1/models', 200, '/v1/models', null],
    [`/v1/models/${FIXTURES.text}`, 200, '/v1/models/:id', null],
    ['/v1/models/nobody', 404, '/v1/models/:id', 'unknown-model'],
    ['/v1/nothing/at/all', 404, 'none', 'not-found'],
    ['/v1/queries?objects=99', 400, '/v1/queries', 'invalid-request'],
  ])('logs %s as one line, by the id that came', async (path, status, route, problem) => {
    const id = `test-${status}-${path.length}`;
    const response = await worker.fetch(path, { headers: { 'x-request-id': id } });
    expect(response.headers.get('x-request-id')).toBe(id);
    expect(await logged(id, 'request')).toMatchObject({
      level: 'info',
      method: 'GET',
      path: path.split('?')[0],
      route,
      status,
      problem,
      milliseconds: expect.any(Number) as number,
    });
  });

  it('marks the first request of an isolate, and no other', () => {
    const requests = worker.logs.filter((line) => line['message'] === 'request');
    expect(requests.map((line) => line['cold'])).toEqual([
      true,
      ...requests.slice(1).map(() => false),
    ]);
  });

  it.each(['', 'a b', 'x'.repeat(300), '{"a":1}'])('names a request itself for %j', async (id) => {
    const response = await worker.fetch('/v1/models', { headers: { 'x-request-id': id } });
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each(['/', '/v1/models', '/v1/nothing', '/reference', '/v2/health/live', COMPARE])(
    'answers %s with headers that browsers heed',
    async (path) => {
      const { headers } = await worker.fetch(path);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('strict-transport-security')).toMatch(/max-age=\d{8}/);
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'/);
      // Pages may compile wasm, for the model that runs in them; nothing else that is unsafe.
      const policy = headers.get('content-security-policy')?.replace("'wasm-unsafe-eval'", '');
      expect(policy).not.toContain('unsafe');
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
      expect(headers.has('x-powered-by')).toBe(false);
    },
  );

  it('never tells a value of the request as HTML', async () => {
    const script = '<script>alert(1)</script>';
    for (const path of [`/v1/models/${script}`, `/problems/${script}`, `/?objects=${script}`]) {
      const response = await worker.fetch(path);
      expect(response.headers.get('content-type')).toBe('application/problem+json');
      await response.text();
    }
  });

  it('bounds every body, whatever the route does with it', async () => {
    const own = await startWorker();
    const body = 'x'.repeat(API_LIMITS.bodyBytes + 1);
    const response = await own.fetch('/v1/nothing', { method: 'POST', body });
    expect(response.status).toBe(413);
    await own.stop();
  });
});
