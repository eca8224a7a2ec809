import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluate } from '../../harness/evaluate.ts';
import { declaredRoutes, type DeclaredRoute } from '../../harness/declared-routes.ts';
import {
  exampleAddress,
  fetchDocument,
  operationsOf,
  type Operation,
} from '../../harness/openapi.ts';
import { ROOT } from '../../build/paths.ts';
import { publish, uploadOf } from '../../harness/submission.ts';
import { watch } from '../../harness/watch.ts';
import {
  readProblem,
  startWorker,
  withEvaluations,
  WITH_REGISTRY,
  WRITE_TOKEN,
  type RunningWorker,
} from '../../harness/worker.ts';

/** What holds of every address that the API's description has, whichever come to it. */

let worker: RunningWorker;
let routes: readonly DeclaredRoute[];
/** Addresses that answer, by operation. */
let paths: Map<Operation, string>;
beforeAll(async () => {
  routes = await declaredRoutes();
  // The examples name models that are shipped.
  const models = `${ROOT}models`;
  const unlimited = { simple: { limit: 1_000_000, period: 60 as const } };
  worker = await startWorker(models, {
    ...WITH_REGISTRY,
    ...withEvaluations(),
    ratelimits: { RATE_LIMIT_READ: unlimited, RATE_LIMIT_COMPUTE: unlimited },
  });
  await worker.migrate();
  expect((await publish(worker, 'text-only', uploadOf('text-only', models))).status).toBe(201);
  const document = await fetchDocument(worker);
  const evaluation = await evaluate(worker, 'text-only');
  const watched = await watch(worker, 'text-only');
  const kept = await worker.fetch('/v1/runs', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${WRITE_TOKEN}` },
    body: JSON.stringify({ kind: 'comparison', request: { models: ['text-only'], objects: [3] } }),
  });
  const run = kept.headers.get('location') ?? '';
  paths = new Map(
    operationsOf(document).map((operation) => [
      operation,
      operation.path === '/v1/runs/{id}'
        ? run
        : exampleAddress(operation)
            .replaceAll(/[0-9a-f]{32}/g, evaluation)
            .replace(/\/0123456789abcdef(?![0-9a-f])/, `/${watched.id}`)
            .replace('/fedcba9876543210', `/${watched.report}`),
    ]),
  );
});
afterAll(() => worker.stop());

const reading = () => [...paths].filter(([{ method }]) => method === 'get');
const writing = () => [...paths].filter(([{ security }]) => security);

/** The route that answers a request, which is the first one that matches. */
function routeOf(method: string, path: string): DeclaredRoute {
  const { pathname } = new URL(path, worker.url);
  const found = routes.find(
    (route) =>
      route.method === method.toUpperCase() &&
      new RegExp(
        `^${route.path.replaceAll(/:\w+(?:\{(.+?)\})?/g, (_, own?: string) => own ?? '[^/]+')}$`,
      ).test(pathname),
  );
  if (!found) throw new Error(`no declared route answers ${method} ${pathname}`);
  return found;
}

describe('every declared route', () => {
  it('is declared once', () => {
    const keys = routes.map(({ method, path }) => `${method} ${path}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('is documented, unless it serves parts of pages or redirects', () => {
    const documented = new Set([...paths].map(([{ method }, path]) => routeOf(method, path)));
    const others = routes.filter((route) => !documented.has(route)).map(({ path }) => path);
    expect(others.sort()).toEqual([
      '/embed/figures.css',
      '/favicon.ico',
      '/favicon.svg',
      '/here',
      '/icons/:size{\\d+\\.png}',
      '/inside',
      '/openapi.json',
      '/robots.txt',
      '/site.webmanifest',
      '/site/:file',
      '/sitemap.xml',
      '/v2/',
    ]);
  });

  it('needs the token where it changes something, and nowhere else', () => {
    for (const { method, path, policy } of routes) {
      const computes = method === 'POST' && policy.cost === 'compute';
      const needsToken = policy.auth !== 'none';
      expect({ path, needsToken: needsToken || computes }, path).toEqual({
        path,
        needsToken: method !== 'GET',
      });
      if (method !== 'GET') expect(policy.cache, path).toBe('no-store');
    }
    for (const [{ method, security }, path] of paths) {
      const { auth } = routeOf(method, path).policy;
      expect({ path, needsToken: auth !== 'none' }).toEqual({
        path,
        needsToken: Boolean(security),
      });
    }
  });

  it('counts as computing where it renders pixels', () => {
    const pixels = routes.filter(({ path }) => /\.png\}?$/.test(path));
    expect(pixels.length).toBeGreaterThanOrEqual(4);
    for (const { path, policy } of pixels)
      expect({ path, cost: policy.cost }).toEqual({ path, cost: 'compute' });
  });

  it('is treated by the middlewares as its policy says', async () => {
    const caches = {
      revalidate: 'public, no-cache',
      hour: 'public, max-age=3600',
      immutable: 'public, max-age=31536000, immutable',
      'no-store': 'no-store',
    };
    for (const [, path] of reading()) {
      const { policy } = routeOf('GET', path);
      const response = await worker.fetch(path);
      await response.text();
      const counted = response.headers.get('ratelimit-policy')?.split(';')[0] ?? null;
      const ancestors = /frame-ancestors (.*)$/.exec(
        response.headers.get('content-security-policy') ?? '',
      )?.[1];
      expect({
        path,
        counted,
        ancestors,
        frame: response.headers.get('x-frame-options'),
        cache: response.headers.get('cache-control'),
      }).toEqual({
        path,
        counted: policy.cost === 'free' ? null : `"${policy.cost}"`,
        ancestors: policy.framing === 'any-site' ? '*' : "'none'",
        frame: policy.framing === 'any-site' ? null : 'DENY',
        cache: caches[policy.cache],
      });
    }
  });

  it('bounds the body as its policy says', async () => {
    for (const [{ method }, path] of paths) {
      const { auth, bodyBytes } = routeOf(method, path).policy;
      if (method === 'get' || auth !== 'none') continue;
      const own = await startWorker();
      const body = ' '.repeat(bodyBytes + 1);
      const response = await own.fetch(path, { method: method.toUpperCase(), body });
      expect(await readProblem(response), path).toMatchObject({ status: 413 });
      await own.stop();
    }
  });
});

describe('every address that is read', () => {
  it('has a tag that stays, and saves the answer; HEAD has its headers', async () => {
    expect(reading().length).toBeGreaterThan(30);
    for (const [, path] of reading()) {
      const [first, again] = [await worker.fetch(path), await worker.fetch(path)];
      const tag = first.headers.get('etag') ?? '';
      const same = (await first.text()) === (await again.text());
      expect({ path, status: first.status, same }).toEqual({ path, status: 200, same: true });
      // Weak where the platform compresses; `Vary` says so.
      expect(tag, path).toMatch(/^(W\/)?"[^"]+"$/);
      expect(first.headers.get('vary'), path).toMatch(/\baccept-encoding\b/i);
      const known = await worker.fetch(path, {
        headers: { 'if-none-match': tag, origin: 'https://other.example' },
      });
      expect(known.headers.get('access-control-allow-origin'), path).toBe('*');
      expect({ path, status: known.status, body: await known.text() }).toEqual({
        path,
        status: 304,
        body: '',
      });
      const head = await worker.fetch(path, { method: 'HEAD' });
      expect({ path, tag: head.headers.get('etag'), body: await head.text() }).toEqual({
        path,
        tag,
        body: '',
      });
      expect(head.headers.get('content-type'), path).toBe(first.headers.get('content-type'));
      expect(first.headers.get('cache-control'), path).toMatch(/^public, (no-cache|max-age=\d+)/);
    }
  });

  it('may be read from any site, tells its methods and refuses others', async () => {
    for (const [, path] of reading()) {
      const options = await worker.fetch(path, { method: 'OPTIONS' });
      expect({ path, status: options.status }).toEqual({ path, status: 204 });
      expect(options.headers.get('allow'), path).toMatch(/\bGET, HEAD\b/);
      expect(options.headers.get('access-control-allow-methods'), path).toBe('GET, HEAD');
      const headers = { authorization: `Bearer ${WRITE_TOKEN}` };
      const refused = await worker.fetch(path, { method: 'PATCH', headers });
      expect(refused.headers.get('allow'), path).toBe(options.headers.get('allow'));
      expect(await readProblem(refused)).toMatchObject({ status: 405 });
    }
  });
});

describe('every address', () => {
  it('answers, good or bad, with headers that browsers heed', async () => {
    for (const [{ method }, path] of paths) {
      // As it is, or without what it needs: a body, a token.
      const response = await worker.fetch(path, { method: method.toUpperCase() });
      await response.text();
      const { headers } = response;
      const seen = {
        sniff: headers.get('x-content-type-options'),
        referrer: headers.get('referrer-policy'),
        transport: headers.get('strict-transport-security')?.startsWith('max-age='),
        policy: headers.get('content-security-policy')?.startsWith("default-src 'none'"),
        anywhere: headers.get('access-control-allow-origin'),
        timed: headers.has('server-timing'),
        named: headers.has('x-request-id'),
      };
      expect({ path, ...seen }).toEqual({
        path,
        sniff: 'nosniff',
        referrer: 'no-referrer',
        transport: true,
        policy: true,
        anywhere: '*',
        timed: true,
        named: true,
      });
    }
  });

  it('refuses what it does not know with a problem that has a page and tells nothing internal', async () => {
    /** Addresses that ignore parameters which they do not know. */
    const tolerant: string[] = [];
    for (const [{ method, path: template }, path] of paths) {
      const spoilt = `${path}${path.includes('?') ? '&' : '?'}no-such-parameter=1`;
      const response = await worker.fetch(spoilt, {
        method: method.toUpperCase(),
        headers: { authorization: `Bearer ${WRITE_TOKEN}`, 'content-type': 'application/json' },
        ...(method !== 'get' && { body: '{"nonsense": 1}' }),
      });
      if (method === 'get' && response.status === 200) {
        tolerant.push(template);
        await response.text();
        continue;
      }
      const problem = await readProblem(response);
      expect(method === 'get' ? [400] : [400, 404, 409, 415], `${method} ${path}`).toContain(
        problem.status,
      );
      expect(JSON.stringify(problem), path).not.toMatch(
        /stack|\.ts\b|\bat \w+ \(|node_modules|SQL/,
      );
      expect((await worker.fetch(problem.type)).status, problem.type).toBe(200);
    }
    // What people paste into other sites gets parameters from trackers; oEmbed consumers send their own.
    const shown = reading()
      .filter(([, path]) => routeOf('GET', path).policy.errors !== 'problem')
      .map(([{ path }]) => path);
    expect(shown.length).toBeGreaterThan(20);
    expect(tolerant.sort()).toEqual([...shown, '/oembed'].sort());
  });
});

it('every write needs the token', async () => {
  expect(writing().length).toBeGreaterThanOrEqual(6);
  for (const [{ method }, path] of writing()) {
    for (const authorization of [undefined, 'Bearer wrong', 'Basic eA==']) {
      const response = await worker.fetch(path, {
        method: method.toUpperCase(),
        headers: { ...(authorization !== undefined && { authorization }) },
      });
      expect(response.headers.get('www-authenticate'), path).toMatch(/^Bearer/);
      expect(await readProblem(response), path).toMatchObject({ status: 401 });
    }
  }
});
