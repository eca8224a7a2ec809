import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareResponseSchema } from '../../contract/comparisons.ts';
import {
  saveRunResponseSchema,
  runListSchema,
  runSchema,
  trendResponseSchema,
} from '../../contract/history.ts';
import type { z } from 'zod';
import type { CheckReport } from '../../contract/regression.ts';
import { bindscope } from '../support/cli.ts';
import { FIXTURES } from '../../harness/miniature-models.ts';
import {
  read,
  readProblem,
  startWorker,
  WITH_HISTORY,
  WRITE_TOKEN,
  type RunningWorker,
} from '../../harness/worker.ts';

let worker: RunningWorker;
beforeAll(async () => {
  worker = await startWorker(undefined, WITH_HISTORY);
  await worker.migrate();
});
afterAll(() => worker.stop());

const ID = FIXTURES.text;
const comparison = (seed: number) => ({
  kind: 'comparison',
  label: `seed ${seed}`,
  request: { models: [ID], objects: [3, 9], queries: 12, seed },
});
const DIGEST = 'ab'.repeat(32);

const keep = (body: unknown, key?: string, to = worker) =>
  to.fetch('/v1/runs', {
    method: 'POST',
    headers: {
      authorization: `Bearer ${WRITE_TOKEN}`,
      'content-type': 'application/json',
      ...(key !== undefined && { 'idempotency-key': key }),
    },
    body: JSON.stringify(body),
  });

/** As a client would report; one figure regressed. */
const REPORT: CheckReport = {
  $schema: '/schemas/check-report-1.json',
  verdict: 'regression',
  before: { source: 'baseline.json', recorded: '2026-01-01T00:00:00.000Z', code: null },
  after: {
    source: 'http://localhost',
    recorded: '2026-01-02T00:00:00.000Z',
    code: { version: '0.1.0', commit: null },
  },
  tolerances: {
    alpha: 0.05,
    minimumEffect: 0.02,
    minimumShift: 0.2,
    latencyRatio: null,
    digests: 'report',
  },
  sensitivity: { power: 0.8, threshold: 0.05, minimumDetectable: null },
  findings: [],
  tests: [
    {
      model: ID,
      modality: 'text',
      order: 'context',
      metric: 'ood',
      objects: null,
      before: { correct: 90, count: 100 },
      after: { correct: 40, count: 100 },
      difference: -0.5,
      regressed: 50,
      fixed: 0,
      pValue: 1e-15,
      adjustedPValue: 1e-15,
      verdict: 'regressed',
      flipRate: 0,
      detectableLoss: 0.08,
      seconds: 0,
    },
  ],
  flips: [],
  latency: [],
};

describe('a comparison that is kept', () => {
  it('is the one that /v1/compare makes, and is found again', async () => {
    const response = await keep(comparison(1));
    expect(response.status).toBe(201);
    const { saved, reason, run } = await read(response, saveRunResponseSchema);
    expect({ saved, reason }).toEqual({ saved: true, reason: null });
    expect(response.headers.get('location')).toBe(`/v1/runs/${run.id}`);
    const plain = await worker.fetch(`/v1/compare?models=${ID}&objects=3,9&queries=12&seed=1`);
    expect(run.result).toEqual(await read(plain, compareResponseSchema));
    expect(await read(await worker.fetch(`/v1/runs/${run.id}`), runSchema)).toEqual(run);
  });

  it('is kept once under one key, however often and at once it is sent', async () => {
    const responses = await Promise.all([1, 2, 3].map(() => keep(comparison(2), 'key-1')));
    expect(responses.map(({ status }) => status).sort()).toEqual([200, 200, 201]);
    const answers = await Promise.all(responses.map((one) => read(one, saveRunResponseSchema)));
    expect(new Set(answers.map(({ run }) => run.id)).size).toBe(1);
    const again = await keep(comparison(2), 'key-1');
    expect(again.status).toBe(200);
    expect((await read(again, saveRunResponseSchema)).run).toEqual(answers[0]?.run);
  });

  it('is refused under a key that stands for another', async () => {
    expect(await readProblem(await keep(comparison(3), 'key-1'))).toMatchObject({
      status: 422,
      type: '/problems/idempotency-key-reused',
    });
  });
});

it('a check is kept as it was reported', async () => {
  const body = { kind: 'check', digests: { [ID]: DIGEST }, report: REPORT };
  const { run } = await read(await keep(body), saveRunResponseSchema);
  const found = await read(await worker.fetch(`/v1/runs/${run.id}`), runSchema);
  expect(found).toMatchObject({ kind: 'check', digests: { [ID]: DIGEST }, result: REPORT });
});

describe('what has been kept', () => {
  it('is listed page by page, the latest first', async () => {
    const seen: string[] = [];
    for (let next: string | null = '/v1/runs?limit=2'; next !== null;) {
      const page: z.output<typeof runListSchema> = await read(
        await worker.fetch(next),
        runListSchema,
      );
      seen.push(...page.runs.map(({ label }) => label ?? 'check'));
      next = page.next;
    }
    expect(seen).toEqual(['check', 'seed 2', 'seed 1']);
    const checks = await read(await worker.fetch('/v1/runs?kind=check'), runListSchema);
    expect(checks.runs).toHaveLength(1);
  });

  it('has trends, of comparisons and of checks together', async () => {
    const path = `/v1/trend?model=${ID}&metric=ood`;
    const { points } = await read(await worker.fetch(path), trendResponseSchema);
    expect(points.map(({ label }) => label)).toEqual(['seed 1', 'seed 2', null]);
    expect(points[2]).toMatchObject({ correct: 40, count: 100, accuracy: 0.4, digest: DIGEST });
    expect(points[0]?.count).toBe(12);
    const at = await worker.fetch(`/v1/trend?model=${ID}&metric=objects&objects=3`);
    expect((await read(at, trendResponseSchema)).points).toHaveLength(2);
    const latest = await worker.fetch(`${path}&limit=1`);
    expect((await read(latest, trendResponseSchema)).points).toEqual(points.slice(-1));
    const none = await worker.fetch(`/v1/trend?model=${FIXTURES.seeing}`);
    expect((await read(none, trendResponseSchema)).points).toEqual([]);
  });

  it('is drawn with its intervals and its changes of file', async () => {
    const svg = await (await worker.fetch(`/v1/trend.svg?model=${ID}&metric=ood`)).text();
    expect(svg.match(/<circle/g)).toHaveLength(3);
    expect(svg).toContain('40.0\u00a0%');
    expect(svg).toContain(DIGEST.slice(0, 12));
    const none = await (await worker.fetch(`/v1/trend.svg?model=${FIXTURES.seeing}`)).text();
    expect(none).toContain('No run has measured this metric yet.');
  });
});

describe('refused', () => {
  it.each([
    ['a run that is not there', '/v1/runs/000000000-0000000000000000', 404],
    ['an id that is none', '/v1/runs/1', 400],
    ['a metric of objects without a number', `/v1/trend?model=${ID}&metric=objects`, 400],
    ['a number of objects with another metric', `/v1/trend?model=${ID}&objects=3`, 400],
    ['a trend of a model that nobody has', '/v1/trend?model=nobody', 404],
    ['its figure', '/v1/trend.svg?model=nobody', 404],
    ['a trend of a version that nobody has', `/v1/trend?model=${ID}@canary`, 404],
    ['too many at once', '/v1/runs?limit=101', 400],
  ])('%s', async (_, path, status) => {
    expect(await readProblem(await worker.fetch(path))).toMatchObject({ status });
  });

  it.each([
    ['a comparison of nobody', { kind: 'comparison', request: { models: ['nobody'] } }, 404],
    [
      'a comparison with a wrong part',
      { kind: 'comparison', request: { models: [ID], x: 1 } },
      400,
    ],
    ['a check without its digests', { kind: 'check', report: REPORT }, 400],
    ['another kind', { kind: 'gossip' }, 400],
  ])('%s, and nothing of it is kept', async (_, body, status) => {
    expect(await readProblem(await keep(body))).toMatchObject({ status });
    expect((await read(await worker.fetch('/v1/runs'), runListSchema)).runs).toHaveLength(3);
  });

  it('a key that is none', async () => {
    expect(await readProblem(await keep(comparison(4), 'x'.repeat(200)))).toMatchObject({
      status: 400,
    });
  });

  it('a request without a token', async () => {
    const response = await worker.post('/v1/runs', comparison(1));
    expect(await readProblem(response)).toMatchObject({ status: 401 });
  });
});

describe('a database that fails', () => {
  it('costs the keeping, and not the answer', async () => {
    const broken = await startWorker(undefined, WITH_HISTORY); // no migrations
    for (const key of [undefined, 'key-1']) {
      const response = await keep(comparison(1), key, broken);
      expect(response.status).toBe(200);
      const { saved, reason, run } = await read(response, saveRunResponseSchema);
      expect(saved).toBe(false);
      expect(reason).toContain('this run is not stored');
      expect(reason).not.toMatch(/SQL|no such table/);
      expect(run.kind).toBe('comparison');
    }
    for (const path of ['/v1/runs', `/v1/trend?model=${ID}`]) {
      expect(await readProblem(await broken.fetch(path))).toMatchObject({
        status: 503,
        type: '/problems/history-unavailable',
      });
    }
    expect((await broken.fetch('/v1/models')).status).toBe(200);
    await broken.migrate();
    expect((await keep(comparison(1), 'key-1', broken)).status).toBe(201);
    // One that fails half way: a run without its figures is not kept either.
    await broken.runSql('DROP TABLE figures');
    const half = await read(await keep(comparison(2), undefined, broken), saveRunResponseSchema);
    expect(half.saved).toBe(false);
    expect((await read(await broken.fetch('/v1/runs'), runListSchema)).runs).toHaveLength(1);
    await broken.stop();
  });

  it('that is absent gives 501', async () => {
    const bare = await startWorker(undefined, { bindings: { WRITE_TOKEN } });
    for (const response of [await bare.fetch('/v1/runs'), await keep(comparison(1), 'k', bare)]) {
      expect(await readProblem(response)).toMatchObject({
        status: 501,
        type: '/problems/not-configured',
      });
    }
    await bare.stop();
  });
});

it('a run in the form of an earlier version is a 404 that says so', async () => {
  const { run } = await read(await keep(comparison(77)), saveRunResponseSchema);
  await worker.runSql(`UPDATE runs SET result = '{"models": []}' WHERE id = '${run.id}'`);
  const problem = await readProblem(await worker.fetch(`/v1/runs/${run.id}`));
  expect(problem).toMatchObject({ status: 404, type: '/problems/unknown-run' });
  expect(problem.detail).toContain('earlier version');
  await worker.runSql(`DELETE FROM runs WHERE id = '${run.id}'`);
});

it('a check of the command line is kept, or says that it was not', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bindscope-history-'));
  const file = join(folder, 'baseline.json');
  const plan = '--objects 3 --queries 8 --questions-per-scene 8 --pairs 0 --requests 1'.split(' ');
  const at = ['--url', worker.url.href];
  // The miniature model has too few correct answers to lose: insufficient, which is saved as any verdict.
  const recorded = await bindscope(['baseline', ...at, '--models', ID, '--out', file, ...plan]);
  expect(recorded.code).toBe(3);
  const check = ['check', ...at, '--baseline', file, '--save', 'nightly'];
  const kept = await bindscope(check, { BINDSCOPE_TOKEN: WRITE_TOKEN });
  expect(kept.code).toBe(3);
  const [, id] = /^saved as run (\S+)\n$/m.exec(kept.err) ?? [];
  const run = await read(await worker.fetch(`/v1/runs/${id}`), runSchema);
  expect(run).toMatchObject({ kind: 'check', label: 'nightly' });
  expect(Object.keys(run.digests)).toEqual([ID]);
  const refused = await bindscope(check);
  expect(refused.code).toBe(3);
  expect(refused.err).toContain('not saved: send the header authorization');
  rmSync(folder, { recursive: true });
});

it('the command line lists, exports and removes runs', async () => {
  const saved = async (seed: number, label: string) => {
    const body = { ...comparison(seed), label };
    return (await read(await keep(body, `removed-${seed}`), saveRunResponseSchema)).run;
  };
  const first = await saved(81, 'branch a');
  const second = await saved(82, 'branch b');
  const run = (...args: string[]) =>
    bindscope(['runs', ...args, '--url', worker.url.href], { BINDSCOPE_TOKEN: WRITE_TOKEN });
  const line = `${first.id} comparison ${first.created} "branch a": ${ID}\n`;
  expect(await run('list', '--label', 'branch a')).toEqual({ code: 0, out: line, err: '' });
  expect((await run('list', '--label', 'branch')).out).toBe('no runs\n');
  expect((await run('list', '--kind', 'check', '--from', first.created)).out).toBe('no runs\n');
  const exported = await run('export', '--kind', 'comparison', '--from', first.created);
  const runs = exported.out.trimEnd().split('\n');
  expect(runs.map((text) => runSchema.parse(JSON.parse(text)))).toEqual([second, first]);
  const folder = mkdtempSync(join(tmpdir(), 'bindscope-history-export-'));
  const out = join(folder, 'runs.jsonl');
  const written = await run('export', '--model', ID, '--label', 'branch b', '--out', out);
  expect(written).toEqual({ code: 0, out: `wrote ${out}: runs: 1\n`, err: '' });
  expect(readFileSync(out, 'utf8')).toBe(`${String(runs[0])}\n`);
  rmSync(folder, { recursive: true });

  const refused = await worker.fetch(`/v1/runs/${first.id}`, { method: 'DELETE' });
  expect(await readProblem(refused)).toMatchObject({ status: 401 });
  const points = async () => {
    const trend = await worker.fetch(`/v1/trend?model=${ID}&metric=ood`);
    return (await read(trend, trendResponseSchema)).points.map((point) => point.run);
  };
  expect(await points()).toContain(first.id);
  expect(await run('remove', first.id)).toEqual({ code: 0, out: `removed ${line}`, err: '' });
  expect(await points()).not.toContain(first.id);
  expect(await readProblem(await worker.fetch(`/v1/runs/${first.id}`))).toMatchObject({
    status: 404,
  });
  expect(await run('remove', first.id)).toMatchObject({
    code: 2,
    err: `error: there is no run ${first.id}\n`,
  });
  // Its key is free again.
  expect((await saved(81, 'branch a')).id).not.toBe(first.id);
});
