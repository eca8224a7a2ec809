import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createClient, ProblemError, type Client } from '../../client/index.ts';
import { FIXTURES } from '../../harness/miniature-models.ts';
import { startWorker, type RunningWorker } from '../../harness/worker.ts';
import { elementAt } from '../../task/element-at.ts';

let worker: RunningWorker;
let client: Client;
/** Method and path of all that the client has sent. */
const sent: { method: string; path: string }[] = [];
beforeAll(async () => {
  worker = await startWorker();
  client = createClient({
    url: worker.url,
    fetch: (request) => {
      sent.push({ method: request.method.toLowerCase(), path: new URL(request.url).pathname });
      return fetch(request);
    },
  });
});
afterAll(() => worker.stop());

const documentSchema = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
});

describe('the client and the worker', () => {
  const pair = { model: FIXTURES.text, pair: { objects: 5 }, layers: [1] };

  it('agree on every call', async () => {
    const { text, seeing } = FIXTURES;
    expect((await client.models()).map(({ id }) => id)).toEqual([text, seeing]);
    expect((await client.model(text)).id).toBe(text);

    const queries = await client.queries({ objects: 6, count: 3, seed: 5, order: 'shuffled' });
    expect(queries.map(({ spec, seed }) => [spec.objects, spec.order, seed])).toEqual(
      Array(3).fill([6, 'shuffled', 5]),
    );
    const [first, second] = [elementAt(queries, 0), elementAt(queries, 1)];
    expect(await client.query(second.name)).toEqual(second);

    const { results } = await client.predict({ models: [text], queries: [first.name] });
    expect(results[0]?.query.text).toBe(first.text);

    const comparison = await client.compare({ models: [text, seeing], objects: [2, 9] });
    expect(comparison.pairs).toHaveLength(1);

    expect((await client.intervene(pair)).layers).toHaveLength(1);
    const sweep = await client.sweep({ model: text, sweep: { objects: 4, pairs: 2 } });
    expect(sweep.pairs).toBe(2);
    const knockout = { model: text, from: 'query', to: 'colour', objects: 4 } as const;
    expect((await client.knockOut({ ...knockout, queries: 4 })).baseline.count).toBe(4);
    const attributed = await client.attribute({ model: text, query: first.name });
    expect(attributed.tokens.length).toBeGreaterThan(0);
    expect((await client.probes(text, 'interchange')).model).toBe(text);
    expect((await client.compareProbes([text])).conditions.length).toBeGreaterThan(0);
    await expect(client.model('none')).rejects.toBeInstanceOf(ProblemError);
  });

  it("sends nothing that the API's own description does not list", async () => {
    const { paths } = documentSchema.parse(await (await worker.fetch('/openapi.json')).json());
    const known = Object.entries(paths).map(([path, methods]) => ({
      methods: Object.keys(methods),
      pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
    }));
    expect(sent.length).toBeGreaterThan(10);
    for (const { method, path } of sent) {
      const route = known.find(
        ({ pattern, methods }) => pattern.test(path) && methods.includes(method),
      );
      expect(route, `${method} ${path}`).toBeDefined();
    }
  });
});
