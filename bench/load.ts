import { parseArgs } from 'node:util';
import build from '../harness/build.ts';
import { SHIPPED_DIRECTORY } from '../build/paths.ts';
import { RATE_LIMITS } from '../contract/rate-limits.ts';
import { startWorker } from '../harness/worker.ts';
import { ask } from './ask.ts';
import { heldMegabytes } from './heap.ts';
import { cpuSeconds, residentMegabytes, workerdProcess } from './process.ts';
import { printRows } from './report.ts';
import { elementAt } from '../task/element-at.ts';

/**
 * `npm run load -- --clients 30 --seconds 60 [--limited 1]`: clients that ask one request after the
 * other on loopback, reading and computing mixed. With `--limited` the limits of a deployment hold, or
 * that share of them, and half of the clients share an address, as one that asks too much would: it may
 * get 429 and the others may not. Exits with 1 at any other answer but 200.
 */

const { values } = parseArgs({
  options: {
    clients: { type: 'string', default: '30' },
    seconds: { type: 'string', default: '60' },
    limited: { type: 'string' },
  },
});

/** What a client asks, over and over; seeds differ, so that models run. */
const PATHS: readonly ((turn: number) => string)[] = [
  () => '/v1/models',
  (turn) => `/v1/queries?objects=8&count=10&seed=${turn}`,
  (turn) => `/v1/compare?models=text-only,image-text&objects=2,8,12&queries=24&seed=${turn}`,
  (turn) => `/v1/queries/test.image.context.indirect.n8.v40-40-32.z0.g6.s${turn}.i0.q0.svg`,
  () => '/v2/models/text-only',
  (turn) => `/v1/compare?models=image-text&modality=image&objects=4&queries=8&seed=${turn}`,
  () => '/v2/health/ready',
  () => '/v1/accuracy.svg',
  () => '/preview/comparison.png',
  (turn) => `/?objects=8&sceneIndex=${turn}`,
];

await build();
const share = values.limited === undefined ? undefined : Number(values.limited);
const bindings = Object.fromEntries(
  Object.entries(RATE_LIMITS).map(([kind, { limit, period }]) => [
    `RATE_LIMIT_${kind.toUpperCase()}`,
    { simple: { limit: Math.ceil(limit * (share ?? 1)), period } },
  ]),
);
const worker = await startWorker(SHIPPED_DIRECTORY, {
  inspectorPort: 0,
  ...(share !== undefined && { ratelimits: bindings }),
});
const pid = workerdProcess();
const clients = Array.from({ length: Number(values.clients) }, (_, number) => number);

/** Who asks: those of one address, and each of the others. */
const groupOf = (number: number) =>
  share !== undefined && number % 2 === 0 ? 'sharing an address' : 'each of its own';
const addressOf = (number: number) =>
  groupOf(number) === 'sharing an address' ? '198.51.100.1' : `203.0.113.${number + 1}`;
const statuses = new Map<string, Map<number, number>>();
const times: number[] = [];
let turn = 0;
let closed = 0;

const inspector = await worker.inspector();
const held = async () => ({
  isolate: await heldMegabytes(inspector, pid),
  process: residentMegabytes(pid),
});
for (const path of PATHS) await ask(worker, path(0));
const before = await held();
const cpu = cpuSeconds(pid);
const began = performance.now();
const end = began + 1000 * Number(values.seconds);

async function client(number: number): Promise<void> {
  const group = groupOf(number);
  const counts = statuses.get(group) ?? new Map<number, number>();
  statuses.set(group, counts);
  const init = { headers: { 'cf-connecting-ip': addressOf(number) } };
  for (let asked = number; performance.now() < end; asked++) {
    const sent = performance.now();
    const { status, lost } = await ask(
      worker,
      elementAt(PATHS, asked % PATHS.length)(++turn),
      init,
    );
    times.push(performance.now() - sent);
    counts.set(status, (counts.get(status) ?? 0) + 1);
    closed += lost;
  }
}

const halfway = new Promise<typeof before>((resolve, reject) => {
  setTimeout(() => void held().then(resolve, reject), 500 * Number(values.seconds));
});
await Promise.all(clients.map(client));
const seconds = (performance.now() - began) / 1000;
const used = cpuSeconds(pid) - cpu;
const memory = [before, await halfway, await held()];
await worker.stop();

times.sort((a, b) => a - b);
const at = (quantile: number) =>
  `${elementAt(times, Math.floor(quantile * (times.length - 1))).toFixed(0)} ms`;
const megabytes = (amounts: number[]) => amounts.map((one) => `${one.toFixed(0)} MB`).join(', ');
printRows([
  { what: 'requests', value: `${times.length} in ${seconds.toFixed(0)} s` },
  ...[...statuses].map(([group, counts]) => ({
    what: `answers to clients ${group}`,
    value: [...counts].map(([status, count]) => `${count} x ${status}`).join(', '),
  })),
  { what: 'connections closed before an answer, and asked again', value: String(closed) },
  { what: 'latency p50, p95, p99', value: `${at(0.5)}, ${at(0.95)}, ${at(0.99)}` },
  { what: 'CPU of workerd', value: `${((1000 * used) / times.length).toFixed(1)} ms a request` },
  {
    what: 'JavaScript and WebAssembly of the isolate: before, halfway, after',
    value: megabytes(memory.map(({ isolate }) => isolate)),
  },
  {
    what: 'all memory of workerd: before, halfway, after',
    value: megabytes(memory.map((one) => one.process)),
  },
]);
const bad = [...statuses].filter(([group, counts]) =>
  [...counts.keys()].some(
    (status) => status !== 200 && !(status === 429 && group === 'sharing an address'),
  ),
);
for (const [group] of bad) console.error(`an answer that no client ${group} should get`);
process.exitCode = bad.length > 0 ? 1 : 0;
