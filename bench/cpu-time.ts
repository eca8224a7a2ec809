import { join } from 'node:path';
import build from '../test/support/build.ts';
import { ROOT } from '../test/support/paths.ts';
import { startWorker } from '../test/support/worker.ts';
import { ask } from './ask.ts';
import { cpuSeconds, workerdProcess } from './process.ts';
import { printRows, type Row } from './report.ts';

/**
 * `npm run cpu-time`: CPU that typical requests take of workerd, which is what Cloudflare bounds and
 * bills. Taken from the process' own account, so that a busy machine does not disturb it.
 */

const MODELS = 'models=text-only,image-text';
const NAME = 'test.text.context.indirect.n8.v40-40-32.z0.g6.s0.i12.q3';

/** Each is asked so often, with another seed each time where it has one, so that nothing is cached. */
const REQUESTS: readonly [what: string, times: number, path: (time: number) => string][] = [
  ['GET /v2/health/live', 400, () => '/v2/health/live'],
  ['GET /v1/models', 200, () => '/v1/models'],
  ['GET /openapi.json', 20, () => '/openapi.json'],
  ['GET /v1/queries, 10 of 8 objects', 200, (time) => `/v1/queries?objects=8&seed=${time}`],
  ['GET /v1/queries/….png', 100, (time) => `/v1/queries/${NAME.replace('i12', `i${time}`)}.png`],
  ['GET / (a round of all models)', 50, (time) => `/?objects=8&round=${time}`],
  ['GET /v2/health/ready', 50, () => '/v2/health/ready'],
  [
    'GET /v1/compare, 2 models, 5 numbers of objects, 48 queries',
    10,
    (time) => `/v1/compare?${MODELS}&seed=${time}`,
  ],
  ['the same from the cache', 100, () => `/v1/compare?${MODELS}&seed=0`],
  [
    'GET /v1/compare, 2 models, 8 objects, 1000 queries',
    3,
    (time) => `/v1/compare?${MODELS}&objects=8&queries=1000&seed=${time}`,
  ],
];

await build();
const worker = await startWorker(join(ROOT, 'models'));
try {
  const pid = workerdProcess();
  const run = async (path: string) => {
    const { status, body } = await ask(worker, path);
    if (status !== 200) throw new Error(`${path}: ${status} ${body}`);
  };
  const cold = cpuSeconds(pid);
  await run(`/v1/compare?models=text-only&objects=8&queries=1`);
  const rows: Row[] = [
    { what: 'first request that runs a model', value: milliseconds(cpuSeconds(pid) - cold) },
  ];
  for (const [what, times, path] of REQUESTS) {
    await run(path(0));
    const before = cpuSeconds(pid);
    for (let time = 1; time <= times; time++) await run(path(time));
    rows.push({ what, value: milliseconds((cpuSeconds(pid) - before) / times) });
  }
  printRows(rows);
} finally {
  await worker.stop();
}

function milliseconds(seconds: number): string {
  const value = 1000 * seconds;
  return `${value.toFixed(value < 10 ? 1 : 0)} ms`;
}
