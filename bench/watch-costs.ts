import { tolerancesSchema, type Plan } from '../contract/baseline.ts';
import { createWatchSchema } from '../contract/watches.ts';
import { SHIPPED_DIRECTORY } from '../build/paths.ts';
import { openLocalDatabase } from '../harness/local-database.ts';
import type { LocalDatabase } from '../harness/migrations.ts';
import { startWorker } from '../harness/worker.ts';
import { servedDeployment } from '../services/checks/deployment.ts';
import { newTarget, record } from '../services/checks/record.ts';
import type { Database, Statement } from '../services/history/database.ts';
import { NoticeStore } from '../services/watches/notice-store.ts';
import { checkWatch } from '../services/watches/watch-check.ts';
import { NEW_STATUS } from '../services/watches/watch-state.ts';
import { WatchStore } from '../services/watches/watch-store.ts';

/**
 * What 1,000 hourly watches of one model cost a day, in Cloudflare's units: `npx tsx bench/watch-costs.ts`. The plan is
 * that of `bindscope baseline`. Rows are counted by the local D1; CPU time is that of Node for what a watch does beside
 * waiting, and does not include the models, which the watched deployment runs.
 */

const WATCHES = 1000;
const RUNS_A_DAY = 24 * WATCHES;
const CRONS_A_DAY = 24 * 4;
const CODE = { version: 'bench', commit: null };
const PLAN: Plan = {
  split: 'test',
  seed: 0,
  objects: [2, 4, 8, 9, 12, 16, 24],
  queries: 200,
  questionsPerScene: 1,
  pairs: 64,
  requests: 20,
};

interface Rows {
  read: number;
  written: number;
}

type LocalStatement = ReturnType<LocalDatabase['prepare']>;

/** A database that counts rows as D1 bills them. */
function counting(database: LocalDatabase, rows: Rows): Database {
  const inner = new WeakMap<Statement, LocalStatement>();
  const count = ({ meta }: { meta: { rows_read?: number; rows_written?: number } }) => {
    rows.read += meta.rows_read ?? 0;
    rows.written += meta.rows_written ?? 0;
  };
  const wrap = (statement: LocalStatement): Statement => {
    const wrapped: Statement = {
      bind: (...values) => wrap(statement.bind(...values)),
      first: async () => {
        const result = await statement.all();
        count(result);
        return result.results[0] ?? null;
      },
      all: async () => {
        const result = await statement.all();
        count(result);
        return result;
      },
    };
    inner.set(wrapped, statement);
    return wrapped;
  };
  return {
    prepare: (sql) => wrap(database.prepare(sql)),
    batch: async (statements) => {
      const results = await database.batch(
        statements.map((one) => inner.get(one) ?? database.prepare('SELECT 1')),
      );
      for (const result of results) count(result);
      return results;
    },
  };
}

const worker = await startWorker(SHIPPED_DIRECTORY);
let asked = 0;
const deployment = servedDeployment(worker.url.href, {
  fetch: (request) => {
    asked++;
    return fetch(request);
  },
});
const target = await newTarget(deployment, 'text-only');
const { figures } = await record(deployment, PLAN, tolerancesSchema.parse({}), [target], {
  code: CODE,
});
const steps: string[] = [];
let bytes = 0;
const checks = 3;
asked = 0;
const cpuBefore = process.cpuUsage();
for (let check = 0; check < checks; check++) {
  steps.length = 0;
  bytes = 0;
  const { outcome } = await checkWatch(deployment, figures, null, {
    code: CODE,
    step: async (name, work) => {
      const result = await work();
      steps.push(name);
      bytes += JSON.stringify(result).length;
      return result;
    },
  });
  if (outcome !== 'passing') throw new Error(`the check of unchanged models is ${outcome}`);
}
const cpu = process.cpuUsage(cpuBefore);
const milliseconds = (cpu.user + cpu.system) / 1000 / checks;
await worker.stop();

const { database: local, close } = await openLocalDatabase();
const rows: Rows = { read: 0, written: 0 };
const store = new WatchStore(counting(local, rows));
const notices = new NoticeStore(counting(local, rows));
const baseline = { ...figures, models: figures.models.map((model) => ({ ...model })) };
const request = createWatchSchema.parse({ name: 'w', url: 'https://example.com', baseline });
const start = Date.now();
for (let index = 0; index < WATCHES; index++) {
  const id = index.toString(16).padStart(16, '0');
  await store.insert({
    id,
    request,
    created: new Date(start),
    origin: 'https://a.example',
    webhook: null,
  });
}
const used = async (work: () => Promise<unknown>): Promise<Rows> => {
  const before = { ...rows };
  await work();
  return { read: rows.read - before.read, written: rows.written - before.written };
};
const perCron = WATCHES / 4;
const cron = await used(async () => {
  await store.claimDue(start, 'a', perCron);
  await notices.claimDue(null, start, 12);
  await store.deleteExpired(start);
});
const id = (WATCHES - 1).toString(16).padStart(16, '0');
const [claimed] = await store
  .claimDue(start, 'b', WATCHES)
  .then((ids) => ids.filter((one) => one === id));
const instance = `${id}-${claimed === undefined ? 'a' : 'b'}`;
const run = await used(async () => {
  await store.claimed(id, instance);
  await store.finish(id, instance, {
    run: {
      ...{
        id: 'run',
        started: new Date(start).toISOString(),
        finished: new Date(start).toISOString(),
      },
      ...{ outcome: 'passing', reason: null, flips: 0, report: null },
    },
    report: null,
    status: { ...NEW_STATUS, state: 'passing' },
    due: start + 3_600_000,
    notice: null,
  });
  await notices.claimDue(id, start, 1);
});
await close();

const whole = (value: number) => Math.round(value).toLocaleString('en');
const conditions = target.conditions.length;
console.log(`one model, ${conditions} kinds of query, ${PLAN.objects.length} numbers of objects`);
console.log(`a run: ${steps.length + 3} steps, ${whole(bytes / 1024)} KiB kept of them,`);
console.log(
  `  ${whole(asked / checks)} requests to the watched deployment, ${whole(milliseconds)} ms of CPU,`,
);
console.log(
  `  ${run.read} rows read, ${run.written} written; a cron: ${cron.read} read, ${cron.written} written`,
);
console.log(`${WATCHES} hourly watches, a day:`);
console.log(
  `  workflows and crons: ${whole(RUNS_A_DAY + CRONS_A_DAY)} requests, ${whole(RUNS_A_DAY * (steps.length + 3))} steps`,
);
console.log(`  CPU: ${whole((RUNS_A_DAY * milliseconds) / 1000)} s`);
console.log(
  `  D1: ${whole(RUNS_A_DAY * run.read + CRONS_A_DAY * cron.read)} rows read, ${whole(RUNS_A_DAY * run.written + CRONS_A_DAY * cron.written)} written`,
);
