import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createClient, ContractError, ProblemError, UnreachableError } from '../../client/index.ts';
import { secondsToWait } from '../../client/transport.ts';
import { ROOT } from '../../build/paths.ts';
import { elementAt } from '../../task/element-at.ts';

const LIST = { models: [] };
const problem = (kind: string, status: number, headers: Record<string, string> = {}) =>
  Response.json(
    { type: `/problems/${kind}`, title: 'No', status, detail: `that is ${kind}` },
    { status, headers: { 'content-type': 'application/problem+json', ...headers } },
  );

/** A client whose requests are answered in turn; it remembers them. */
function answered(...answers: (() => Response)[]) {
  const requests: Request[] = [];
  const client = createClient({
    url: 'http://api.test/base',
    retries: 2,
    fetch: (request) => {
      requests.push(request);
      return Promise.resolve().then(
        elementAt(answers, Math.min(requests.length, answers.length) - 1),
      );
    },
  });
  return { client, requests };
}

describe('the client', () => {
  it('keeps the path of its base, leaves out what is not given, and joins lists', async () => {
    const { client, requests } = answered(() => problem('unknown-model', 404));
    await client.compare({ models: ['a', 'b'], objects: [2, 9] }).catch(() => undefined);
    await client.probes('a/b').catch(() => undefined);
    expect(requests.map(({ url }) => url)).toEqual([
      'http://api.test/base/v1/compare?models=a%2Cb&objects=2%2C9',
      'http://api.test/base/v1/models/a%2Fb/probes',
    ]);
  });

  it('turns a problem into an error that has its kind', async () => {
    const { client, requests } = answered(() => problem('unknown-model', 404));
    const error = await client.models().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ProblemError);
    expect(error).toMatchObject({
      kind: 'unknown-model',
      status: 404,
      message: 'that is unknown-model',
    });
    expect(requests).toHaveLength(1);
  });

  it.each([
    ['429', () => problem('too-many-requests', 429, { 'retry-after': '0' })],
    ['503', () => problem('model-unavailable', 503, { 'retry-after': '0' })],
  ])('sends again what was refused for now (%s), and takes the good answer', async (_, refused) => {
    const { client, requests } = answered(refused, refused, () => Response.json(LIST));
    expect(await client.models()).toEqual([]);
    expect(requests).toHaveLength(3);
  });

  it('gives up after the retries it was allowed', async () => {
    const refused = () => problem('model-unavailable', 503, { 'retry-after': '0' });
    const { client, requests } = answered(refused);
    await expect(client.models()).rejects.toMatchObject({ kind: 'model-unavailable' });
    expect(requests).toHaveLength(3);
  });

  it.each(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])(
    'sends once more what a closed connection (%s) has lost, and no more than once',
    async (code) => {
      const closed = (): never => {
        throw new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) });
      };
      const once = answered(closed, () => Response.json(LIST));
      expect(await once.client.models()).toEqual([]);
      expect(once.requests).toHaveLength(2);
      const always = answered(closed);
      await expect(always.client.models()).rejects.toThrow(
        `http://api.test/base/ cannot be reached: ${code}`,
      );
      expect(always.requests).toHaveLength(2);
    },
  );

  it('sends a request to no server only once', async () => {
    const { client, requests } = answered(() => {
      throw new TypeError('fetch failed', {
        cause: Object.assign(new Error('no'), { code: 'ECONNREFUSED' }),
      });
    });
    await expect(client.models()).rejects.toThrow('ECONNREFUSED');
    expect(requests).toHaveLength(1);
  });

  it('does not wait longer than it may', async () => {
    const { client, requests } = answered(() =>
      problem('too-many-requests', 429, { 'retry-after': '3600' }),
    );
    await expect(client.models()).rejects.toMatchObject({ status: 429 });
    expect(requests).toHaveLength(1);
  });

  it.each([
    ['other fields', () => Response.json({ models: [{ id: 'x' }] }), 'models.0.'],
    ['a page', () => new Response('<html>'), 'without JSON'],
    ['an error of a proxy', () => Response.json({}, { status: 502 }), '502 without a problem'],
  ])('refuses an answer with %s', async (_, answer, message) => {
    const error = await answered(answer)
      .client.models()
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ContractError);
    expect(String(error)).toContain(message);
  });

  it.each(['nonsense', 'file:///etc/passwd'])('refuses the address %s', (url) => {
    expect(() => createClient({ url })).toThrow(`"${url}" is not a URL`);
  });

  it('says that nobody answers, and why', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/`;
    // Someone who takes the request and never answers.
    const slow = createClient({ url, timeout: 50 });
    await expect(slow.models()).rejects.toThrow(
      `${url} cannot be reached: no response within 0.05 s`,
    );
    const stop = new AbortController();
    const stopped = createClient({ url, signal: stop.signal }).models();
    stop.abort(new Error('stopped by hand'));
    await expect(stopped).rejects.toThrow('stopped by hand');

    server.close();
    server.closeAllConnections();
    await once(server, 'close');
    const nobody = createClient({ url }).models();
    await expect(nobody).rejects.toBeInstanceOf(UnreachableError);
    await expect(nobody).rejects.toThrow('ECONNREFUSED');
  });

  it('reads Retry-After as seconds, as a date, and doubles its own wait without one', () => {
    const now = Date.parse('Sun, 22 Nov 2026 03:00:00 GMT');
    expect(secondsToWait('7', 0, now)).toBe(7);
    expect(secondsToWait('Sun, 22 Nov 2026 03:00:09 GMT', 0, now)).toBe(9);
    expect(secondsToWait('Sun, 22 Nov 2026 02:00:00 GMT', 0, now)).toBe(0);
    expect([0, 1, 2].map((attempt) => secondsToWait(null, attempt, now))).toEqual([1, 2, 4]);
  });

  it('needs nothing of Node, so that a page can use it', () => {
    for (const file of readdirSync(join(ROOT, 'client'))) {
      expect(readFileSync(join(ROOT, 'client', file), 'utf8')).not.toMatch(/from 'node:|process\./);
    }
  });
});
