import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createClient, ProblemError, type Client } from '../../client/index.ts';
import { FIXTURES } from '../../harness/miniature-models.ts';
import { startWorker, type RunningWorker } from '../../harness/worker.ts';

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
    const [text, seeing] = await client.models();
    expect([text.id, seeing.id]).toEqual([FIXTURES.text, FIXTURES.seeing]);
    expect((await client.model(text.id)).id).toBe(text.id);

    const queries = await client.queries({ objects: 6, count: 3, seed: 5, order: 'shuffled' });
    expect(queries.map(({ spec, seed }) => [spec.objects, spec.order, seed])).toEqual(
      Array(3).fill([6, 'shuffled', 5]),
    );
    expect(await client.query(queries[1].name)).toEqual(queries[1]);

    const { results } = await client.predict({ models: [text.id], queries: [queries[0].name] });
    expect(results[0].query.text).toBe(queries[0].text);

    const comparison = await client.compare({ models: [text.id, seeing.id], objects: [2, 9] });
    expect(comparison.pairs).toHaveLength(1);

    expect((await client.intervene(pair)).layers).toHaveLength(1);
    const sweep = await client.sweep({ model: text.id, sweep: { objects: 4, pairs: 2 } });
    expect(sweep.pairs).toBe(2);
    const knockout = { model: text.id, from: 'query', to: 'colour', objects: 4 } as const;
    expect((await client.knockOut({ ...knockout, queries: 4 })).baseline.count).toBe(4);
    expect((await client.probes(text.id, 'interchange')).model).toBe(text.id);
    expect((await client.compareProbes([text.id])).conditions.length).toBeGreaterThan(0);
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
