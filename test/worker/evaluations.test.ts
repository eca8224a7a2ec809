import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { z } from 'zod';
import { compareResponseSchema, pairedComparisonSchema } from '../../contract/comparisons.ts';
import {
  evaluationEventSchema,
  evaluationListSchema,
  evaluationResourceSchema,
  exportedEvaluationSchema,
  type EvaluationResource,
} from '../../contract/evaluations.ts';
import { sweepSchema } from '../../contract/interventions.ts';
import { knockoutResponseSchema } from '../../contract/knockouts.ts';
import { FIXTURES } from '../../harness/miniature-models.ts';
import {
  read,
  readProblem,
  startWorker,
  withEvaluations,
  WRITE_TOKEN,
  type RunningWorker,
} from '../../harness/worker.ts';
import { bindscope } from '../support/cli.ts';
import { WAIT } from '../support/wait.ts';

let worker: RunningWorker;
const state = mkdtempSync(join(tmpdir(), 'bindscope-evaluations-'));
const startPersistent = () => startWorker(undefined, { ...withEvaluations(), state });
beforeAll(async () => {
  worker = await startPersistent();
  await worker.migrate();
});
afterAll(async () => {
  await worker.stop();
  rmSync(state, { recursive: true });
});

const MODELS = [FIXTURES.text, FIXTURES.seeing];
const PATH = '/v1/evaluations';
const authorization = { authorization: `Bearer ${WRITE_TOKEN}` };

const start = (body: unknown, to = worker) =>
  to.fetch(PATH, {
    method: 'POST',
    headers: { ...authorization, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

const get = async (id: string): Promise<EvaluationResource> =>
  read(await worker.fetch(`${PATH}/${id}`), evaluationResourceSchema);

const done = (id: string) =>
  vi.waitFor(async () => {
    const evaluation = await get(id);
    expect(evaluation.state).toBe('done');
    return evaluation;
  }, WAIT);

describe('an evaluation', () => {
  const request = { models: MODELS, objects: [3, 9], queries: 250, start: 50, seed: 4 };

  it('has the result of one comparison, bit for bit, and is found by an equal request', async () => {
    const response = await start(request);
    expect(response.status).toBe(202);
    const { id, digests } = await read(response, evaluationResourceSchema);
    expect(response.headers.get('location')).toBe(`${PATH}/${id}`);
    expect(Object.keys(digests)).toEqual(MODELS);
    const { result, progress } = await done(id);
    expect(progress.done).toBe(progress.total);
    const query = `models=${MODELS.join(',')}&objects=3,9&queries=250&start=50&seed=4`;
    const whole = await worker.fetch(`/v1/compare?${query}`);
    expect(JSON.stringify(result)).toBe(JSON.stringify(await read(whole, compareResponseSchema)));
    const again = await start(request);
    expect(again.status).toBe(200);
    expect((await read(again, evaluationResourceSchema)).id).toBe(id);

    const { evaluations } = await read(
      await worker.fetch(`${PATH}?state=done`),
      evaluationListSchema,
    );
    expect(evaluations.map((one) => one.id)).toEqual([id]);
    for (const filter of ['model=nobody', 'to=2026-01-01T00:00:00Z']) {
      const none = await read(await worker.fetch(`${PATH}?${filter}`), evaluationListSchema);
      expect(none.evaluations).toEqual([]);
    }
    const line = await (await worker.fetch(`${PATH}/${id}/stream`)).text();
    expect(evaluationEventSchema.parse(JSON.parse(line))).toMatchObject({ event: 'end' });
    const page = await (await worker.fetch(`/evaluations/${id}`)).text();
    expect(page).toContain('State: done');
    expect(page).not.toContain('http-equiv="refresh"');
  });

  it('can be compared with another of the same queries, without running a model', async () => {
    const same = { objects: [3, 9], queries: 100, seed: 9 };
    const ids: string[] = [];
    for (const model of MODELS) {
      const { id } = await read(
        await start({ ...same, models: [model] }),
        evaluationResourceSchema,
      );
      ids.push((await done(id)).id);
    }
    const [a = '', b = ''] = ids;
    const compared = await read(
      await worker.fetch(`/v1/compare/evaluations?a=${a}&b=${b}`),
      pairedComparisonSchema,
    );
    const query = `models=${MODELS.join(',')}&objects=3,9&queries=100&seed=9`;
    const whole = await read(await worker.fetch(`/v1/compare?${query}`), compareResponseSchema);
    const withoutNames = ({ pairs }: typeof compared) =>
      pairs.map(({ byObjects, id, ood }) => ({ byObjects, id, ood }));
    expect(withoutNames(compared)).toEqual(withoutNames(whole));
    const args = ['evaluations', 'compare', a, b, '--url', worker.url.href];
    expect(JSON.parse((await bindscope([...args, '--json'])).out)).toEqual(compared);
    const names = compared.models.map(({ model }) => model);
    expect((await bindscope(args)).out).toContain(names.join(' - '));

    const { id: other } = await read(
      await start({ ...same, models: [FIXTURES.text], seed: 10 }),
      evaluationResourceSchema,
    );
    await done(other);
    const refused = await worker.fetch(`/v1/compare/evaluations?a=${a}&b=${other}`);
    const problem = await readProblem(refused);
    expect(problem).toMatchObject({ status: 400 });
    expect(problem.detail).toContain('seed');
  });

  it('with a sweep has what one request for all pairs has, bit for bit', async () => {
    const [objects, pairs, seed] = [4, 128, 1];
    const body = { models: MODELS, objects: [3, objects], queries: 4, seed, sweepPairs: pairs };
    const { id, sweeps: none } = await read(await start(body), evaluationResourceSchema);
    expect(none).toBeNull();
    const { sweeps, result, progress } = await done(id);
    // For each model two parts of queries, and two of pairs: of 3 objects there is no pair.
    expect(progress.total).toBe(MODELS.length * 4);
    expect(result?.models).toHaveLength(2);
    const whole = await Promise.all(
      MODELS.map(async (model) =>
        read(
          await worker.post('/v1/interventions', { model, sweep: { objects, pairs, seed } }),
          sweepSchema,
        ),
      ),
    );
    expect(sweeps).toEqual(whole);
    expect(whole.some(({ solved }) => solved > 0)).toBe(true);
    const page = await (await worker.fetch(`/evaluations/${id}`)).text();
    expect(page).toContain('By place or by shape');
    expect(page).toContain(`${String(whole[0]?.solved)} of ${pairs} pairs solved`);
    // The sentences say which model they are about.
    for (const { model, summary } of whole) {
      expect(page).toContain(`<b>${model}</b>. ${summary.slice(0, 40)}`);
    }
  });

  it('with knockouts has what one request for all queries has, bit for bit', async () => {
    const [objects, queries, seed] = [[3, 4], 300, 3];
    const cuts = [
      { from: 'query', to: 'association-item' },
      { from: 'association-item', to: 'association-shape', layers: [0, 0] },
    ];
    const body = { models: MODELS, objects, queries: 4, seed, knockouts: { cuts, queries } };
    const { id, knockouts: none } = await read(await start(body), evaluationResourceSchema);
    expect(none).toBeNull();
    const { knockouts, result, progress } = await done(id);
    // For each model and number of objects a part of queries, and two of each cut.
    expect(progress.total).toBe(MODELS.length * objects.length * (1 + 2 * cuts.length));
    expect(result?.models.map(({ model }) => model)).toEqual(MODELS);
    const whole = [];
    for (const model of MODELS) {
      for (const count of objects) {
        for (const cut of cuts) {
          const request = { model, ...cut, objects: count, queries, seed };
          const answer = await worker.post('/v1/knockouts', request);
          whole.push(await read(answer, knockoutResponseSchema));
        }
      }
    }
    expect(knockouts).toEqual(whole);
    expect(whole.some(({ cut }) => cut.regressed > 0)).toBe(true);
    expect(await (await worker.fetch(`/evaluations/${id}`)).text()).toContain(
      'Without some attention',
    );

    const lines = (await (await worker.fetch(`${PATH}/${id}/export`)).text())
      .trimEnd()
      .split('\n')
      .map((line) => exportedEvaluationSchema.parse(JSON.parse(line)));
    const exported = lines.filter((line) => line.event === 'knockout');
    for (const [index, { baseline, cut }] of whole.entries()) {
      const own = exported.slice(2 * index, 2 * index + 2);
      const ones = (bits: readonly string[]) =>
        [...Buffer.concat(bits.map((text) => Buffer.from(text, 'base64')))]
          .map((byte) => byte.toString(2).replaceAll('0', '').length)
          .reduce((sum, count) => sum + count);
      expect(own.map((line) => line.cut)).toEqual([index % 2, index % 2]);
      expect(ones(own.map(({ correct }) => correct))).toBe(baseline.correct);
      expect(ones(own.map(({ correctWithCut }) => correctWithCut))).toBe(cut.accuracy.correct);
    }
  });

  it('has a label, which is no part of what is computed, and is listed by it', async () => {
    const body = { models: [FIXTURES.text], objects: [2], queries: 10, seed: 51 };
    const first = await read(await start({ ...body, label: 'nightly' }), evaluationResourceSchema);
    expect(first.label).toBe('nightly');
    expect(first.request).not.toHaveProperty('label');
    const { id } = await done(first.id);
    const listed = async (label: string) => {
      const response = await worker.fetch(`${PATH}?label=${label}`);
      const { evaluations } = await read(response, evaluationListSchema);
      return evaluations.map((one) => one.id);
    };
    expect(await listed('nightly')).toEqual([id]);
    expect(await listed('night')).toEqual([]);
    // Without a label the old one stays; another one replaces it.
    for (const [given, kept] of [
      [{}, 'nightly'],
      [{ label: 'release' }, 'release'],
    ] as const) {
      const again = await start({ ...body, ...given });
      expect(again.status).toBe(200);
      expect(await read(again, evaluationResourceSchema)).toMatchObject({ id, label: kept });
    }
    expect([await listed('nightly'), await listed('release')]).toEqual([[], [id]]);
    const page = await (await worker.fetch(`/evaluations/${id}`)).text();
    expect(page).toContain('Label: release.');
  });

  it('is listed page by page, and exported with the outcome of every query', async () => {
    const kind = { models: [FIXTURES.text], objects: [3, 4], queries: 100, seed: 31 };
    const { id } = await read(await start({ ...kind, sweepPairs: 2 }), evaluationResourceSchema);
    const { result, sweeps } = await done(id);
    const all = await read(await worker.fetch(`${PATH}?limit=100`), evaluationListSchema);
    expect(all.next).toBeNull();
    expect(all.evaluations.length).toBeGreaterThan(1);
    // Two that were started at one moment are not lost between two pages.
    await worker.runSql("UPDATE evaluations SET created = '2026-11-26T00:00:00.000Z'");
    const paged: string[] = [];
    for (let next: string | null = `${PATH}?limit=1`; next !== null;) {
      const page: z.output<typeof evaluationListSchema> = await read(
        await worker.fetch(next),
        evaluationListSchema,
      );
      paged.push(...page.evaluations.map((one) => one.id));
      next = page.next;
    }
    expect([...paged].sort()).toEqual(all.evaluations.map((one) => one.id).sort());
    const bad = await readProblem(await worker.fetch(`${PATH}?before=yesterday`));
    expect(bad).toMatchObject({ status: 400, errors: [{ at: 'query.before' }] });

    const text = await (await worker.fetch(`${PATH}/${id}/export`)).text();
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => exportedEvaluationSchema.parse(JSON.parse(line)));
    expect(lines.map(({ event }) => event)).toEqual([
      ...['evaluation', 'outcomes', 'outcomes', 'sweep'],
    ]);
    for (const line of lines) {
      if (line.event === 'outcomes') {
        const bits = Buffer.from(line.correct, 'base64').reduce(
          (text, byte) => text + byte.toString(2).padStart(8, '0'),
          '',
        );
        const point = result?.models[0]?.byObjects.find((one) => one.objects === line.objects);
        expect(line.queries).toBe(100);
        expect(bits.replaceAll('0', '').length).toBe(point?.correct);
      } else if (line.event === 'sweep') {
        expect(line.tally).toMatchObject({ pairs: 2, solved: sweeps?.[0]?.solved });
      }
    }
    const unknown = await worker.fetch(`${PATH}/${'0'.repeat(32)}/export`);
    expect(await readProblem(unknown)).toMatchObject({ status: 404 });
  });

  it('that is deleted while it runs stores nothing more', async () => {
    const { id } = await read(await start({ ...request, seed: 5 }), evaluationResourceSchema);
    const deleted = await worker.fetch(`${PATH}/${id}`, {
      method: 'DELETE',
      headers: authorization,
    });
    expect(deleted.status).toBe(200);
    expect(await readProblem(await worker.fetch(`${PATH}/${id}`))).toMatchObject({
      status: 404,
      type: '/problems/unknown-evaluation',
    });
    // It can be started again.
    const again = await start({ ...request, seed: 5 });
    expect(again.status).toBe(202);
    await done(id);
  });
});

it('continues after the process was killed in the middle: nothing is lost or computed again', async () => {
  const kind = { objects: [2, 3], seed: 12 };
  const [chunk, chunks] = [1920, 10];
  const request = { ...kind, models: [FIXTURES.text], queries: chunk * chunks };
  const { id } = await read(await start(request), evaluationResourceSchema);
  await vi.waitFor(async () => {
    // Asked of the database: the worker itself may be busy with the parts.
    const sql = `SELECT count(*) AS done FROM evaluation_parts WHERE evaluation = '${id}'`;
    const [row] = await worker.runSql(sql);
    expect(row?.['done']).toBeGreaterThan(0);
  }, WAIT);
  await worker.stop();
  worker = await startPersistent();
  const { state: between, progress } = await get(id);
  expect(between).toBe('running');
  expect(progress.done).toBeLessThan(progress.total);
  // A part that would be recomputed would not keep this value: no query answered.
  const none = btoa('\0'.repeat((chunk * chunks) / 2 / 8));
  await worker.runSql(
    `UPDATE evaluation_parts SET correct = '${none}' WHERE evaluation = '${id}' AND part = 0`,
  );
  // The cron leaves it alone until it has made no progress for a while.
  await worker.runCron();
  await worker.runSql(
    `UPDATE evaluations SET progressed = '2026-01-01T00:00:00.000Z' WHERE id = '${id}'`,
  );
  await worker.runCron();
  const { result } = await done(id);
  const expected = kind.objects.map(() => 0);
  for (let part = 0; part < chunks; part++) {
    const query = `models=${FIXTURES.text}&objects=${kind.objects.join(',')}&queries=${chunk}`;
    const path = `/v1/compare?${query}&start=${part * chunk}&seed=${kind.seed}`;
    const { models } = await read(await worker.fetch(path), compareResponseSchema);
    // The first part has half of the queries with the first number of objects.
    for (const [index, point] of models[0]?.byObjects.entries() ?? []) {
      if (index > 0 || part >= chunks / 2) expected[index] = (expected[index] ?? 0) + point.correct;
    }
  }
  expect(result?.models[0]?.byObjects.map(({ correct }) => correct)).toEqual(expected);
});

it('the command line lists, shows, exports and removes it', async () => {
  const body = { models: [FIXTURES.text], objects: [3], queries: 20, seed: 41, label: 'by hand' };
  const { id } = await read(await start(body), evaluationResourceSchema);
  const { result } = await done(id);
  const run = (...args: string[]) =>
    bindscope(['evaluations', ...args, '--url', worker.url.href], { BINDSCOPE_TOKEN: WRITE_TOKEN });
  expect((await run('list', '--state', 'done', '--model', FIXTURES.text)).out).toMatch(
    new RegExp(`^${id} done .*Z "by hand", 1 of 1 parts: ${FIXTURES.text}$`, 'm'),
  );
  const byLabel = await run('list', '--label', 'by hand');
  expect(byLabel.out.split('\n').map((line) => line.split(' ')[0])).toEqual([id, '']);
  expect((await run('list', '--to', '2020-01-01T00:00:00Z')).out).toBe('no evaluations\n');
  const shown = await run('show', id);
  expect(shown.code).toBe(0);
  const share = (100 * (result?.models[0]?.byObjects[0]?.correct ?? Number.NaN)) / 20;
  expect(shown.out).toContain(`${share.toFixed(1)} %`);
  const folder = mkdtempSync(join(tmpdir(), 'bindscope-evaluations-export-'));
  const out = join(folder, 'export.jsonl');
  expect(await run('export', id, '--out', out)).toMatchObject({
    code: 0,
    out: `wrote ${out}: parts: 1\n`,
  });
  expect(readFileSync(out, 'utf8')).toBe((await run('export', id)).out);
  const nowhere = join(folder, 'none', 'export.jsonl');
  expect(await run('export', id, '--out', nowhere)).toEqual({
    code: 2,
    out: '',
    err: `error: cannot write ${nowhere} (ENOENT); its old content is unchanged\n`,
  });
  rmSync(folder, { recursive: true });
  expect((await run('remove', id)).out).toBe(`removed evaluation ${id}, which was done\n`);
  const gone = await run('show', id);
  expect(gone).toMatchObject({ code: 2, err: `error: there is no evaluation ${id}\n` });
});

it('expires', async () => {
  const request = { models: MODELS, objects: [3], queries: 2, seed: 20 };
  const { id } = await read(await start(request), evaluationResourceSchema);
  await done(id);
  await worker.runSql(
    `UPDATE evaluations SET created = '2020-01-01T00:00:00.000Z' WHERE id = '${id}'`,
  );
  await worker.runCron();
  expect((await worker.fetch(`${PATH}/${id}`)).status).toBe(404);
});

const CUT = { from: 'query', to: 'association-item' };

describe('refused', () => {
  it.each([
    ['an unknown model', { models: ['nobody'] }, 404],
    ['too many queries', { models: MODELS, queries: 100_001 }, 400],
    ['an unknown parameter', { models: MODELS, x: 1 }, 400],
    ['an empty label', { models: MODELS, label: '' }, 400],
    ['no cut', { models: MODELS, knockouts: { cuts: [] } }, 400],
    [
      'too many outcomes',
      { models: MODELS, objects: Array.from({ length: 11 }, (_, n) => n + 2), queries: 100_000 },
      422,
    ],
    [
      'more sweeps and knockouts than a row of D1 can hold',
      {
        ...{ models: MODELS, objects: Array.from({ length: 29 }, (_, n) => n + 4), queries: 1 },
        ...{ sweepPairs: 1, knockouts: { cuts: Array(16).fill(CUT), queries: 1 } },
      },
      422,
    ],
  ])('%s', async (_, body, status) => {
    expect(await readProblem(await start(body))).toMatchObject({ status });
  });

  it('attention that the prompt does not have, with its place', async () => {
    const cuts = [CUT, { from: 'colour', to: 'query' }];
    const response = await start({ models: MODELS, objects: [3], knockouts: { cuts } });
    const { errors } = await readProblem(response);
    expect(errors?.map(({ at }) => at)).toEqual(['body.knockouts.cuts.1.to']);
  });

  it('a request without a token, and one to a worker without a workflow', async () => {
    expect(await readProblem(await worker.post(PATH, { models: MODELS }))).toMatchObject({
      status: 401,
    });
    const bare = await startWorker(undefined, { bindings: { WRITE_TOKEN } });
    expect(await readProblem(await start({ models: MODELS }, bare))).toMatchObject({
      status: 501,
      type: '/problems/not-configured',
    });
    expect(await readProblem(await bare.fetch('/v1/watches'))).toMatchObject({ status: 501 });
    await bare.stop();
  });
});
