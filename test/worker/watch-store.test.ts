import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createWatchSchema, WATCH_LIMITS } from '../../contract/watches.ts';
import { SCHEMA_ADDRESSES } from '../../contract/schema-addresses.ts';
import { openLocalDatabase } from '../../harness/local-database.ts';
import { madeBaseline, madeRecording, outcomes } from '../../harness/recordings.ts';
import { NoticeStore } from '../../services/watches/notice-store.ts';
import { WatchStore, type FinishedRun } from '../../services/watches/watch-store.ts';
import { NEW_STATUS } from '../../services/watches/watch-state.ts';
import { compareRecordings } from '../../statistics/regression.ts';
import { LimitedDatabase } from '../support/limited-database.ts';

/** The local D1 of workerd, which does not enforce the limits; `database` does. */
let local: Awaited<ReturnType<typeof openLocalDatabase>>;
let database: LimitedDatabase;
let store: WatchStore;
beforeAll(async () => {
  local = await openLocalDatabase();
});
beforeEach(async () => {
  await local.database.exec('DELETE FROM watches');
  database = new LimitedDatabase(local.database);
  store = new WatchStore(database);
});
afterAll(() => local.close());

const HOUR = 3_600_000;
const START = Date.parse('2026-11-01T10:00:00Z');
const made = { outcomes: { 2: outcomes(40, 0) } };
const request = createWatchSchema.parse({
  ...{ name: 'production', url: 'https://example.com', every: '1h' },
  ...{ webhook: 'https://hooks.example.com/x', baseline: madeBaseline(made) },
});
const ID = '0123456789abcdef';
const add = (id = ID) =>
  store.insert({
    id,
    request,
    created: new Date(START),
    origin: 'https://a.example',
    webhook: request.webhook ?? null,
  });

const report = compareRecordings(
  madeBaseline(made),
  madeRecording({ outcomes: { 2: outcomes(0, 40) } }),
);

const finished = (id: string, at: number): FinishedRun => ({
  run: {
    ...{ id, started: new Date(at).toISOString(), finished: new Date(at + 1000).toISOString() },
    ...{ outcome: 'regressed', reason: 'worse', flips: 40, report: 'a'.repeat(16) },
  },
  report,
  status: { ...NEW_STATUS, state: 'regressed', since: new Date(at).toISOString(), changes: 1 },
  due: at + HOUR,
  notice: { change: { from: null, to: 'regressed' }, body: '{}' },
});

const count = async (table: string) =>
  (await local.database.prepare(`SELECT count(*) AS rows FROM ${table}`).first())?.['rows'];

/** The instance that `claimDue` makes. */
const instanceOf = (suffix: string) => `${ID}-${suffix}`;

it('claims of 1,000 watches within the limits of D1 those that wait longest, each once', async () => {
  await add();
  await local.database.exec(
    'INSERT INTO watches (id, name, every, created, origin, due, models, objects, baseline) ' +
      "SELECT printf('%016x', value), 'w', '1h', created, origin, due - value, models, objects, '{}' " +
      'FROM watches, (WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < 999) ' +
      'SELECT value FROM n)',
  );
  expect(await add('f'.repeat(16))).toBe(false);
  expect(await count('watches')).toBe(WATCH_LIMITS.watches);
  database.beginInvocation();
  const [a, b] = await Promise.all([
    store.claimDue(START, 'a', 300),
    store.claimDue(START, 'b', 300),
  ]);
  expect(database.queries).toBeLessThanOrEqual(4);
  const all = [...a, ...b];
  expect(new Set(all).size).toBe(all.length);
  expect(all.length).toBeGreaterThanOrEqual(300);
  expect(a.length === 0 || b.length === 0 || all.length === 600).toBe(true);
  // The greatest numbers have waited longest.
  expect([...a, ...b]).toContain((999).toString(16).padStart(16, '0'));
  await store.release('a');
  await store.release('b');
  const again = await store.claimDue(START, 'c', 300);
  expect(again).toHaveLength(300);
  expect(again).not.toContain(ID);
});

describe('a run', () => {
  it('is stored once, also where the answer of the database was lost', async () => {
    await add();
    await store.claimDue(START, 'a', 10);
    const end = finished('run-1', START);
    database.lostAnswers = 1;
    await expect(store.finish(ID, instanceOf('a'), end)).rejects.toThrow('does not answer');
    await store.finish(ID, instanceOf('a'), end);
    expect([await count('watch_runs'), await count('watch_notices')]).toEqual([1, 1]);
    expect(await store.report(ID, 'a'.repeat(16))).toEqual(report);
    expect(report.$schema).toBe(SCHEMA_ADDRESSES.checkReport);
    expect(await store.get(ID)).toMatchObject({ state: 'regressed', running: false });
  });

  it('that was lost is replaced after two hours, and stores nothing where it comes back', async () => {
    await add();
    expect(await store.claimDue(START, 'a', 10)).toEqual([ID]);
    expect(await store.claimDue(START + HOUR, 'b', 10)).toEqual([]);
    expect(await store.claimDue(START + 2 * HOUR, 'b', 10)).toEqual([ID]);
    expect(await store.claimed(ID, instanceOf('a'))).toBeUndefined();
    await store.finish(ID, instanceOf('a'), finished('run-1', START));
    expect([await count('watch_runs'), await count('watch_notices')]).toEqual([0, 0]);
    expect(await store.claimed(ID, instanceOf('b'))).toMatchObject({ id: ID, changes: 0 });
  });

  it('of a watch that was deleted meanwhile stores nothing', async () => {
    await add();
    await store.claimDue(START, 'a', 10);
    await store.delete(ID);
    await store.finish(ID, instanceOf('a'), finished('run-1', START));
    expect(await count('watch_runs')).toBe(0);
  });

  it('expires, and its report with the last run that has it', async () => {
    await add();
    const later = START + 10 * 24 * HOUR;
    for (const [suffix, at] of [['a', START] as const, ['b', later] as const]) {
      expect(await store.claimDue(at, suffix, 10)).toEqual([ID]);
      await store.finish(ID, instanceOf(suffix), finished(`run-${suffix}`, at));
    }
    const days = (count: number) => START + (count * 24 + 1) * HOUR;
    const kept = async (now: number) => {
      database.beginInvocation();
      await store.deleteExpired(now);
      return [await count('watch_runs'), await count('watch_reports')];
    };
    expect(await kept(days(WATCH_LIMITS.keptDays - 1))).toEqual([2, 1]);
    expect(await kept(days(WATCH_LIMITS.keptDays))).toEqual([1, 1]);
    expect(await kept(days(WATCH_LIMITS.keptDays + 10))).toEqual([0, 0]);
  });
});

it('a notice is tried ten times, is given to one of two crons, and gives way to a later one', async () => {
  await add();
  const notices = new NoticeStore(database);
  await store.claimDue(START, 'a', 10);
  await store.finish(ID, instanceOf('a'), finished('run-1', START));
  const tried = async (now: number) => {
    database.beginInvocation();
    const claims = await Promise.all([1, 2].map(() => notices.claimDue(null, now, 12)));
    const mine = claims.flat();
    for (const notice of mine) await notices.settle(notice, 'down', new Date(now));
    return mine.length;
  };
  let now = START + HOUR;
  expect([await tried(now), await tried(now)]).toEqual([1, 0]);
  for (let attempt = 2; attempt <= 10; attempt++) expect(await tried((now += 12 * HOUR))).toBe(1);
  expect(await tried((now += 100 * HOUR))).toBe(0);
  expect(await store.notices(ID)).toMatchObject([
    { state: 'undeliverable', attempts: 10, next: null, error: 'down' },
  ]);
  for (const [suffix, changes] of [['b', 2] as const, ['c', 3] as const]) {
    await store.claimDue((now += 2 * HOUR), suffix, 10);
    const end = finished(`run-${suffix}`, now);
    await store.finish(ID, instanceOf(suffix), { ...end, status: { ...end.status, changes } });
  }
  expect(await store.notices(ID)).toMatchObject([
    { state: 'waiting' },
    { state: 'undeliverable', error: 'the state changed again before it was delivered' },
    { state: 'undeliverable' },
  ]);
});
