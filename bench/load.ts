import { join } from 'node:path';
import { parseArgs } from 'node:util';
import build from '../test/support/build.ts';
import { ROOT } from '../test/support/paths.ts';
import { RATE_LIMITS } from '../contract/rate-limits.ts';
import { startWorker } from '../test/support/worker.ts';
import { ask } from './ask.ts';
import { heldMegabytes } from './heap.ts';
import { cpuSeconds, workerdProcess } from './process.ts';
import { printRows } from './report.ts';

/**
 * `npm run load -- --clients 30 --seconds 60 [--limited]`: clients that ask one request after the
 * other on loopback, reading and computing mixed. Exits with 1 at any answer but 200 and, with
 * `--limited`, the documented 429.
 */

const { values } = parseArgs({
  options: {
    clients: { type: 'string', default: '30' },
    seconds: { type: 'string', default: '60' },
    limited: { type: 'boolean', default: false },
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
  (turn) => `/?objects=8&round=${turn}`,
];

await build();
const bindings = Object.fromEntries(
  Object.entries(RATE_LIMITS).map(([kind, simple]) => [kind.toUpperCase(), { simple }]),
);
const worker = await startWorker(join(ROOT, 'models'), {
  inspectorPort: 0,
  ...(values.limited && { ratelimits: bindings }),
});
const pid = workerdProcess();
const statuses = new Map<number, number>();
const times: number[] = [];
let turn = 0;
let closed = 0;

for (const path of PATHS) await ask(worker, path(0));
const inspector = await worker.inspector();
const before = await heldMegabytes(inspector);
const cpu = cpuSeconds(pid);
const began = performance.now();
const end = began + 1000 * Number(values.seconds);

async function client(number: number): Promise<void> {
  for (let asked = number; performance.now() < end; asked++) {
    const sent = performance.now();
    const { status, lost } = await ask(worker, PATHS[asked % PATHS.length](++turn));
    times.push(performance.now() - sent);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    closed += lost;
  }
}

const halfway = new Promise<number>((resolve, reject) => {
  const measure = () => heldMegabytes(inspector).then(resolve, reject);
  setTimeout(() => void measure(), 500 * Number(values.seconds));
});
await Promise.all(Array.from({ length: Number(values.clients) }, (_, number) => client(number)));
const seconds = (performance.now() - began) / 1000;
const used = cpuSeconds(pid) - cpu;
const [middle, after] = [await halfway, await heldMegabytes(inspector)];
await worker.stop();

times.sort((a, b) => a - b);
const at = (share: number) => `${times[Math.floor(share * (times.length - 1))].toFixed(0)} ms`;
printRows([
  { what: 'requests', value: `${times.length} in ${seconds.toFixed(0)} s` },
  { what: 'answers by status', value: [...statuses].map(([s, n]) => `${n} x ${s}`).join(', ') },
  { what: 'connections closed before an answer, and asked again', value: String(closed) },
  { what: 'latency p50, p95, p99', value: `${at(0.5)}, ${at(0.95)}, ${at(0.99)}` },
  { what: 'CPU of workerd', value: `${((1000 * used) / times.length).toFixed(1)} ms a request` },
  {
    what: 'memory that the isolate holds: before, halfway, after',
    value: [before, middle, after].map((held) => `${held.toFixed(1)} MB`).join(', '),
  },
]);
const allowed = values.limited ? [200, 429] : [200];
if ([...statuses.keys()].some((status) => !allowed.includes(status))) {
  console.error('an answer that no client should get');
  process.exit(1);
}
