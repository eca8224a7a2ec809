import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { API_LIMITS } from '../../contract/limits.ts';
import { INFERENCE_LIMITS } from '../../contract/open-inference.ts';
import { FIXTURES } from '../../harness/miniature-models.ts';
import { readProblem, startWorker, type RunningWorker } from '../../harness/worker.ts';

let worker: RunningWorker;
beforeAll(async () => void (worker = await startWorker()));
afterAll(() => worker.stop());

describe('what no route answers', () => {
  it('is a 404 that says where to look', async () => {
    const problem = await readProblem(await worker.fetch('/v1/nothing'));
    expect(problem).toMatchObject({ status: 404, type: '/problems/not-found' });
    expect(problem.detail).toContain('/openapi.json');
  });

  it.each([
    ['POST', '/v1/models', 'GET, HEAD, OPTIONS'],
    ['DELETE', `/v1/models/${FIXTURES.text}`, 'GET, HEAD, OPTIONS'],
    ['PUT', '/v1/compare', 'GET, HEAD, OPTIONS'],
    ['GET', '/v1/predict', 'POST, OPTIONS'],
    ['POST', '/', 'GET, HEAD, OPTIONS'],
    ['POST', '/openapi.json', 'GET, HEAD, OPTIONS'],
  ])('%s %s is a 405 that names the methods', async (method, path, allow) => {
    const response = await worker.fetch(path, { method });
    expect(response.headers.get('allow')).toBe(allow);
    expect(await readProblem(response)).toMatchObject({ status: 405 });
  });
});

describe('bodies', () => {
  const post = (body: string, type = 'application/json') =>
    worker.fetch('/v1/predict', { method: 'POST', headers: { 'content-type': type }, body });

  it.each(['{', '', '{"models": [', 'null null'])('must be JSON, which %j is not', async (body) => {
    expect(await readProblem(await post(body))).toMatchObject({
      status: 400,
      type: '/problems/malformed-json',
    });
  });

  it('must say that they are JSON', async () => {
    expect(await readProblem(await post('{}', 'text/plain'))).toMatchObject({ status: 415 });
  });

  it('must not be compressed', async () => {
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    const body = gzipSync(JSON.stringify({ models: [] }));
    const problem = await readProblem(
      await worker.fetch('/v1/predict', { method: 'POST', headers, body }),
    );
    expect(problem).toMatchObject({ status: 415, type: '/problems/unsupported-media-type' });
    expect(problem.detail).toBe('send the body without content-encoding, not as gzip');
  });
});

describe('a body that is too large', () => {
  // workerd hangs up on what it does not read, which would break the next request on that connection.
  let own: RunningWorker;
  beforeEach(async () => void (own = await startWorker()));
  afterEach(() => own.stop());

  const post = (body: string | ReadableStream) =>
    own.fetch('/v1/predict', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      duplex: 'half',
    } as RequestInit);

  it('is refused', async () => {
    const problem = await readProblem(await post(' '.repeat(API_LIMITS.bodyBytes + 1)));
    expect(problem).toMatchObject({ status: 413 });
    expect(problem.detail).toContain('256 KiB');
  });

  it('is refused beyond another limit where it has tensors', async () => {
    const send = (bytes: number) =>
      own.fetch(`/v2/models/${FIXTURES.text}/infer`, { method: 'POST', body: ' '.repeat(bytes) });
    expect(await readProblem(await send(API_LIMITS.bodyBytes + 1))).toMatchObject({ status: 400 });
    const problem = await readProblem(await send(INFERENCE_LIMITS.bodyBytes + 1));
    expect(problem).toMatchObject({ status: 413, error: problem.detail });
  });

  it('is refused when it comes without a length', async () => {
    const chunk = new Uint8Array(API_LIMITS.bodyBytes / 4 + 1).fill(32);
    const body = new ReadableStream({
      start(controller) {
        for (let part = 0; part < 4; part++) controller.enqueue(chunk);
        controller.close();
      },
    });
    expect(await readProblem(await post(body))).toMatchObject({ status: 413 });
  });
});

describe('the front page', () => {
  it('shows figures, a round and requests before any script runs', async () => {
    const response = await worker.fetch('/?objects=4&sceneIndex=2&questionIndex=1');
    expect(response.status).toBe(200);
    const page = await response.text();
    expect(page).toContain('fixture-seeing');
    expect(page).toMatch(/<svg[^>]*class="chart /);
    expect(page).toMatch(/(right|wrong)<\/span>/);
    expect(page.match(/curl /g)).toHaveLength(3);
    expect(page).not.toMatch(/ style="| on\w+="/);
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/^default-src 'none'/);
    expect(policy).not.toMatch(/unsafe-inline|'unsafe-eval/);
  });

  it('asks the models that its address names', async () => {
    const page = await (await worker.fetch(`/?objects=3&models=${FIXTURES.seeing}`)).text();
    expect(page).toMatch(/sees the picture/);
    expect(page).not.toMatch(new RegExp(`${FIXTURES.text}</span> is right`));
  });

  it('refuses a round that cannot be', async () => {
    expect(await readProblem(await worker.fetch('/?objects=33'))).toMatchObject({ status: 400 });
  });
});

it('answers HEAD like GET, without the body', async () => {
  const response = await worker.fetch('/v1/models', { method: 'HEAD' });
  expect(response.status).toBe(200);
  expect(await response.text()).toBe('');
});
