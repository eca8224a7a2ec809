import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareResponseSchema } from '../../contract/comparisons.ts';
import { modelCardSchema } from '../../contract/card.ts';
import { FIXTURES } from '../../harness/miniature-models.ts';
import { read, readProblem, startWorker, type RunningWorker } from '../../harness/worker.ts';

let worker: RunningWorker;
beforeAll(async () => void (worker = await startWorker()));
afterAll(() => worker.stop());

const COMPARE = `/v1/compare?models=${FIXTURES.text}&objects=2,9&queries=24`;
/** Weak: the platform compresses bodies. */
const WEAK = /^W\/"[^"]+"$/;
/** Files of models are sent as they are. */
const STRONG = /^"[^"]+"$/;

const digestOf = async (id: string) =>
  (await read(await worker.fetch(`/v1/models/${id}`), modelCardSchema)).files.model.sha256;

describe('an entity tag', () => {
  it.each([
    '/',
    '/openapi.json',
    '/problems/not-found',
    '/v1/models',
    `/v1/models/${FIXTURES.text}`,
    `/v1/models/${FIXTURES.text}/files/model.onnx`,
    '/v1/queries?objects=3',
    '/v1/queries/test.text.context.indirect.n8.v40-40-32.z0.g6.s0.i12.q3.svg',
    COMPARE,
    '/v2',
    `/v2/models/${FIXTURES.text}`,
  ])(
    'of %s stays and saves the answer; it is strong where the body is never compressed',
    async (path) => {
      const [first, again] = [await worker.fetch(path), await worker.fetch(path)];
      const tag = first.headers.get('etag') ?? '';
      expect(tag).toMatch(path.endsWith('.onnx') ? STRONG : WEAK);
      expect(again.headers.get('etag')).toBe(tag);
      expect(await again.text()).toBe(await first.text());
      expect(first.headers.get('cache-control')).toMatch(/no-cache/);
      const strong = tag.replace('W/', '');
      for (const known of [tag, `W/${strong}`, strong, `"other", ${tag}`, '*']) {
        const unchanged = await worker.fetch(path, { headers: { 'if-none-match': known } });
        expect({ known, status: unchanged.status }).toEqual({ known, status: 304 });
        expect(await unchanged.text()).toBe('');
        expect(unchanged.headers.get('etag')).toBe(tag);
        expect(unchanged.headers.get('cache-control')).toMatch(/no-cache/);
      }
      const other = await worker.fetch(path, { headers: { 'if-none-match': '"other"' } });
      expect(other.status).toBe(200);
      const head = await worker.fetch(path, { method: 'HEAD' });
      expect({ status: head.status, tag: head.headers.get('etag') }).toEqual({ status: 200, tag });
    },
  );

  it('of a comparison depends on what is asked, not on how', async () => {
    const tag = async (path: string) =>
      (await worker.fetch(path, { method: 'HEAD' })).headers.get('etag');
    const same = `/v1/compare?queries=24&seed=0&objects=2,9&models=${FIXTURES.text}`;
    expect(await tag(same)).toBe(await tag(COMPARE));
    const others = [
      await tag(`${COMPARE}&seed=1`),
      await tag(`${COMPARE}&start=1`),
      await tag(`${COMPARE}&order=shuffled`),
      await tag(COMPARE.replace(FIXTURES.text, FIXTURES.seeing)),
      await tag(COMPARE.replace('compare', 'compare/stream')),
      await tag(COMPARE),
    ];
    expect(new Set(others).size).toBe(others.length);
  });

  it('is not on errors, which nobody keeps', async () => {
    const response = await worker.fetch('/v1/models/nobody', { headers: { 'if-none-match': '*' } });
    expect(response.headers.get('etag')).toBeNull();
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await readProblem(response)).toMatchObject({ status: 404 });
  });
});

describe('a comparison of pinned models', () => {
  it('is the same for ever, and says so', async () => {
    const digest = await digestOf(FIXTURES.text);
    const plain = await read(await worker.fetch(COMPARE), compareResponseSchema);
    for (const pin of [digest, digest.slice(0, 12)]) {
      const path = COMPARE.replace(FIXTURES.text, `${FIXTURES.text}@${pin}`);
      const pinned = await worker.fetch(path);
      expect(pinned.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      // Under the name that it was asked by.
      const text = JSON.stringify(await read(pinned, compareResponseSchema));
      expect(JSON.parse(text.replaceAll(`@${pin}`, ''))).toEqual(plain);
    }
  });

  it.each([
    ['0'.repeat(64), 404],
    ['0'.repeat(12), 404],
    ['0'.repeat(11), 400],
    ['x'.repeat(12), 404],
    ['', 400],
    ['0', 400],
  ])('is refused for %j', async (digest, status) => {
    const path = COMPARE.replace(FIXTURES.text, `${FIXTURES.text}@${digest}`);
    expect(await readProblem(await worker.fetch(path))).toMatchObject({ status });
  });

  it('names no model twice', async () => {
    const path = COMPARE.replace(FIXTURES.text, `${FIXTURES.text},${FIXTURES.text}`);
    expect((await readProblem(await worker.fetch(path))).detail).toContain('repeat');
  });
});

it('a comparison is made once, then found in the cache with the same bytes', async () => {
  const path = `${COMPARE}&seed=99`;
  const made = await worker.fetch(path);
  expect(made.headers.get('cache-status')).toBe('bindscope; fwd=miss; stored');
  const body = await made.text();
  const found = await worker.fetch(path);
  expect(found.headers.get('cache-status')).toBe('bindscope; hit');
  expect(await found.text()).toBe(body);
  expect(found.headers.get('etag')).toBe(made.headers.get('etag'));
});

it('HEAD of a comparison runs no model', async () => {
  const response = await worker.fetch(`${COMPARE}&seed=100`, { method: 'HEAD' });
  expect(response.status).toBe(200);
  expect(response.headers.get('server-timing')).toMatch(/inference;dur=0\.0/);
  const made = await worker.fetch(`${COMPARE}&seed=100`);
  expect(made.headers.get('cache-status')).toContain('miss');
});

it('an answer says where its time went', async () => {
  const response = await worker.fetch(`${COMPARE}&seed=101`);
  const timing = response.headers.get('server-timing') ?? '';
  for (const phase of ['parse', 'load', 'generate', 'inference', 'serialise', 'total']) {
    expect(timing).toMatch(new RegExp(`${phase};dur=\\d+\\.\\d`));
  }
});

describe('other sites', () => {
  it('may read every answer, errors too', async () => {
    for (const path of ['/v1/models', '/v1/nothing', COMPARE]) {
      const response = await worker.fetch(path, { headers: { origin: 'https://example.com' } });
      expect(response.headers.get('access-control-allow-origin')).toBe('*');
      expect(response.headers.get('access-control-expose-headers')).toContain('etag');
      await response.text();
    }
  });

  it.each([
    ['/v1/models', 'GET, HEAD, OPTIONS', 'GET, HEAD'],
    ['/v1/predict', 'POST, OPTIONS', null],
    [`/v2/models/${FIXTURES.text}/infer`, 'POST, OPTIONS', null],
  ])('get the methods and headers that %s allows', async (path, allow, forOthers) => {
    const preflight = await worker.fetch(path, {
      method: 'OPTIONS',
      headers: { origin: 'https://example.com', 'access-control-request-method': 'GET' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('allow')).toBe(allow);
    expect(preflight.headers.get('access-control-allow-methods')).toBe(forOthers);
    expect(preflight.headers.has('access-control-allow-credentials')).toBe(false);
  });

  it('find nothing at an address without a route', async () => {
    const response = await worker.fetch('/v1/nothing', { method: 'OPTIONS' });
    expect(await readProblem(response)).toMatchObject({ status: 404 });
  });
});
