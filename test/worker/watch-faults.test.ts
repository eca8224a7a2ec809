import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Baseline } from '../../contract/baseline.ts';
import {
  createdWatchSchema,
  createWatchSchema,
  watchDetailSchema,
  watchRunListSchema,
} from '../../contract/watches.ts';
import { openLocalDatabase } from '../../harness/local-database.ts';
import { FIXTURES } from '../../harness/miniature-models.ts';
import { madeBaseline, outcomes } from '../../harness/recordings.ts';
import { recordBaseline } from '../../harness/watch.ts';
import {
  read,
  startWorker,
  WEBHOOK_KEY,
  withEvaluations,
  WRITE_TOKEN,
  type RunningWorker,
} from '../../harness/worker.ts';
import { deliverNotices } from '../../services/watches/deliver.ts';
import { NoticeStore } from '../../services/watches/notice-store.ts';
import { readWebhookKeys } from '../../services/watches/webhook-keys.ts';
import { NEW_STATUS } from '../../services/watches/watch-state.ts';
import { WatchStore } from '../../services/watches/watch-store.ts';
import { WAIT } from '../support/wait.ts';

const PATH = '/v1/watches';
const HOUR = 3_600_000;

describe('a run', () => {
  let worker: RunningWorker;
  let baseline: Baseline;
  const state = mkdtempSync(join(tmpdir(), 'bindscope-watch-faults-'));
  const start = () =>
    startWorker(undefined, {
      ...withEvaluations(),
      bindings: { WRITE_TOKEN, ALLOW_LOCAL_ADDRESSES: 'true' },
      state,
    });

  /** The deployment that is watched: passes requests on, once it is not held. */
  let held: Promise<void> | undefined;
  let asked = 0;
  const other = createServer((request, response) => {
    asked++;
    void (async () => {
      await held;
      const chunks: Uint8Array[] = [];
      for await (const chunk of request) chunks.push(chunk as Uint8Array);
      const { method = 'GET', url = '/' } = request;
      const answer = await worker.fetch(url, {
        method,
        ...(method === 'POST' && {
          headers: { 'content-type': 'application/json' },
          body: Buffer.concat(chunks),
        }),
      });
      response.writeHead(answer.status, { 'content-type': 'application/json' });
      response.end(await answer.text());
    })().catch(() => response.destroy());
  });

  beforeAll(async () => {
    worker = await start();
    await worker.migrate();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    baseline = await recordBaseline(worker.url.href, FIXTURES.text);
  });
  afterAll(async () => {
    await worker.stop();
    other.closeAllConnections();
    other.close();
    rmSync(state, { recursive: true });
  });

  async function add(name: string): Promise<string> {
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}/`;
    const response = await worker.fetch(PATH, {
      method: 'POST',
      headers: { authorization: `Bearer ${WRITE_TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name, url, baseline, every: '7d' }),
    });
    return (await read(response, createdWatchSchema)).id;
  }
  const runsOf = async (id: string) =>
    (await read(await worker.fetch(`${PATH}/${id}/runs`), watchRunListSchema)).runs;
  const settled = (id: string, runs: number) =>
    vi.waitFor(async () => {
      const watch = await read(await worker.fetch(`${PATH}/${id}`), watchDetailSchema);
      expect({ running: watch.running, runs: (await runsOf(id)).length }).toEqual({
        running: false,
        runs,
      });
      return watch;
    }, WAIT);

  it('whose process was killed in the middle is made once by a later one', async () => {
    const id = await add('killed');
    let release: () => void = () => undefined;
    held = new Promise((resolve) => (release = resolve));
    asked = 0;
    await worker.runCron();
    await vi.waitFor(() => {
      expect(asked).toBeGreaterThan(0);
    }, WAIT);
    await worker.stop();
    worker = await start();
    held = undefined;
    release();
    expect(await runsOf(id)).toEqual([]);
    const { running } = await read(await worker.fetch(`${PATH}/${id}`), watchDetailSchema);
    expect(running).toBe(true);
    // Two hours later it counts as lost.
    await worker.runSql(`UPDATE watches SET claimed = claimed - ${2 * HOUR} WHERE id = '${id}'`);
    await Promise.all([worker.runCron(), worker.runCron()]);
    const { last } = await settled(id, 1);
    expect(last?.outcome).not.toBe('unreachable');
  });

  it('is stored once where the database fails at its end', async () => {
    const id = await add('full');
    await worker.runSql(
      `CREATE TRIGGER full BEFORE INSERT ON watch_runs WHEN NEW.watch = '${id}' ` +
        "BEGIN SELECT RAISE(FAIL, 'the disk is full'); END",
    );
    const before = worker.logs.filter(({ level }) => level === 'error').length;
    await worker.runCron();
    await vi.waitFor(() => {
      const { length } = worker.logs.filter(({ level }) => level === 'error');
      expect(length).toBeGreaterThan(before);
    }, WAIT);
    expect(await runsOf(id)).toEqual([]);
    await worker.runSql('DROP TRIGGER full');
    await settled(id, 1);
  });
});

it('a receiver that is down for an hour gets each notice once, when it is back', async () => {
  const { database, close } = await openLocalDatabase();
  const [store, notices] = [new WatchStore(database), new NoticeStore(database)];
  const began = Date.parse('2026-11-27T10:00:00Z');
  const { keys } = await readWebhookKeys({ WEBHOOK_KEY });
  const request = createWatchSchema.parse({
    ...{ name: 'w', baseline: madeBaseline({ outcomes: { 2: outcomes(40, 0) } }) },
  });
  const id = '0123456789abcdef';
  const webhook = 'https://hooks.example.com/x';
  const sealed = (await keys?.seal({ id }, webhook)) ?? null;
  await store.insert({ id, request, created: new Date(began), origin: '', webhook: sealed });
  await store.claimDue(began, 'a', 1);
  const time = new Date(began).toISOString();
  await store.finish(id, `${id}-a`, {
    run: {
      ...{ id: 'run-1', started: time, finished: time, outcome: 'regressed', reason: 'worse' },
      ...{ flips: 1, report: null },
    },
    report: null,
    status: { ...NEW_STATUS, state: 'regressed', since: time, changes: 1 },
    due: began + HOUR,
    notice: { change: { from: null, to: 'regressed' }, body: '{}' },
  });

  const got: { minute: number; status: number; id: string | null; url: string }[] = [];
  for (let minute = 0; minute <= 24 * 60; minute += 15) {
    const status = minute < 60 ? 503 : 200;
    const delivery = {
      notices,
      keys: () => Promise.resolve(keys),
      now: () => new Date(began + minute * 60_000),
      send: (sent: Request) => {
        const { headers, url } = sent;
        got.push({ minute, status, id: headers.get('webhook-id'), url });
        return Promise.resolve(new Response(null, { status }));
      },
    };
    // Two crons at once.
    await Promise.all([deliverNotices(delivery, null, 12), deliverNotices(delivery, null, 12)]);
  }
  // Tried again after 15, 30 and 60 minutes.
  expect(got.map(({ minute, status }) => [minute, status])).toEqual([
    ...[0, 15, 45].map((minute) => [minute, 503]),
    [105, 200],
  ]);
  expect(new Set(got.map((one) => one.id))).toEqual(new Set([`${id}.1`]));
  expect(new Set(got.map(({ url }) => url))).toEqual(new Set([webhook]));
  expect(await store.notices(id)).toMatchObject([{ state: 'delivered', attempts: 4, error: null }]);
  await close();
});
