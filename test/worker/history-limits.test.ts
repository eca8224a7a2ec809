import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { HISTORY_LIMITS, type SaveRunRequest } from '../../contract/history.ts';
import { SCHEMA_ADDRESSES } from '../../contract/schema-addresses.ts';
import type { RegressionTest } from '../../contract/regression.ts';
import { openLocalDatabase } from '../../harness/local-database.ts';
import { ShippedModels } from '../../services/catalogue.ts';
import { Models } from '../../services/models.ts';
import { RunStore } from '../../services/history/run-store.ts';
import { saveRun } from '../../services/history/save-run.ts';
import { ASSOCIATION_ORDERS, MODALITIES } from '../../task/spec.ts';
import { LimitedDatabase } from '../support/limited-database.ts';
import { SHIPPED_MODELS } from '../support/shipped.ts';

/** The local D1 of workerd, which does not enforce the limits; `database` does. */
let local: Awaited<ReturnType<typeof openLocalDatabase>>;
let database: LimitedDatabase;
let store: RunStore;
beforeAll(async () => {
  local = await openLocalDatabase();
});
beforeEach(() => {
  database = new LimitedDatabase(local.database);
  store = new RunStore(database);
});
afterAll(() => local.close());

const models = new Models({
  catalogue: new ShippedModels(
    { read: () => Promise.resolve(undefined), locate: (path) => path },
    () => undefined,
  ),
  runtime: () => Promise.reject(new Error('a check runs no model')),
  waitUntil: () => undefined,
});
const save = (request: SaveRunRequest, key?: string) => {
  database.beginInvocation();
  return saveRun(store, models, request, { key, code: 'test' });
};
const rowsOf = async (run: string) => {
  const sql = 'SELECT count(*) AS rows FROM figures WHERE run = ?';
  return (await local.database.prepare(sql).bind(run).first())?.['rows'];
};

/** A check of every model under every condition, with 1 to 32 objects. */
function fullCheck(seed: number): SaveRunRequest {
  const metrics: Pick<RegressionTest, 'metric' | 'objects'>[] = [
    ...Array.from({ length: 32 }, (_, index) => ({
      metric: 'objects' as const,
      objects: index + 1,
    })),
    ...(['id', 'ood', 'symbolic'] as const).map((metric) => ({ metric, objects: null })),
  ];
  const tests = SHIPPED_MODELS.flatMap((model) =>
    MODALITIES.flatMap((modality) =>
      ASSOCIATION_ORDERS.flatMap((order) =>
        metrics.map(({ metric, objects }): RegressionTest => {
          const counts = {
            before: { correct: 190, count: 200 },
            after: { correct: 187, count: 200 },
          };
          const changes = { difference: -0.015, regressed: 5, fixed: 2, pValue: 0.453125 };
          const condition = { model, modality, order, metric, objects };
          const sensitivity = { flipRate: 0.01, detectableLoss: 0.06, seconds: 1.25 };
          const verdict = { adjustedPValue: 1, verdict: 'changed' } as const;
          return { ...condition, ...counts, ...changes, ...sensitivity, ...verdict };
        }),
      ),
    ),
  );
  const recorded = '2026-01-01T00:00:00.000Z';
  return {
    kind: 'check',
    label: `seed ${seed}`,
    digests: Object.fromEntries(SHIPPED_MODELS.map((id) => [id, 'ab'.repeat(32)])),
    report: {
      $schema: SCHEMA_ADDRESSES.checkReport,
      verdict: 'pass',
      before: { source: 'baseline.json', recorded, code: null },
      after: { source: 'http://localhost', recorded, code: null },
      tolerances: {
        ...{ alpha: 0.05, minimumEffect: 0.02, minimumShift: 0.2 },
        ...{ latencyRatio: null, digests: 'report' },
      },
      sensitivity: { power: 0.8, threshold: 0.05, minimumDetectable: null },
      findings: [],
      tests,
      flips: [],
      latency: [],
    },
  };
}

it('saves a check of all models with 1 to 32 objects within the limits of D1', async () => {
  const request = fullCheck(1);
  const count = request.kind === 'check' ? request.report.tests.length : 0;
  expect(count).toBeGreaterThan(1190);
  expect(Buffer.byteLength(JSON.stringify(request))).toBeLessThan(HISTORY_LIMITS.bodyBytes);
  const { created, response } = await save(request, 'full');
  expect({ created, reason: response.reason }).toEqual({ created: true, reason: null });
  expect(await rowsOf(response.run.id)).toBe(count);
  const trend = { model: 'text-only', metric: 'objects', objects: 32, limit: 1 } as const;
  const condition = { modality: 'text', order: 'context', question: 'indirect' } as const;
  expect(await store.trend({ ...trend, ...condition })).toMatchObject([
    { correct: 187, count: 200, digest: 'ab'.repeat(32) },
  ]);
  expect(await save(request, 'full')).toMatchObject({
    created: false,
    response: { saved: true, run: { id: response.run.id } },
  });
});

it.each([undefined, 'lost'])(
  'stores a run once although its answer is lost (key %s)',
  async (key) => {
    database.lostAnswers = 1;
    const { created, response } = await save(fullCheck(2), key);
    expect({ created, saved: response.saved }).toEqual({ created: true, saved: true });
    const stored = await store.get(response.run.id);
    expect(stored).toEqual(response.run);
    expect(await rowsOf(stored.id)).toBe(stored.kind === 'check' ? stored.result.tests.length : 0);
  },
);

it('says that a run is not saved where every attempt fails', async () => {
  database = new LimitedDatabase({
    prepare: (sql) => local.database.prepare(sql),
    batch: () => Promise.reject(new Error('D1_ERROR: D1 DB is overloaded.')),
  });
  store = new RunStore(database);
  const { created, response } = await save(fullCheck(3));
  expect({ created, saved: response.saved }).toEqual({ created: false, saved: false });
  expect(response.reason).toContain('this run is not stored');
});
