import build from '../harness/build.ts';
import { SHIPPED_DIRECTORY } from '../build/paths.ts';
import { startWorker, WITH_HISTORY, WITH_REGISTRY, WRITE_TOKEN } from '../harness/worker.ts';
import { ask } from './ask.ts';
import { cpuSeconds, workerdProcess } from './process.ts';
import { median, printRows, type Row } from './report.ts';

/**
 * `npm run cpu-time`: CPU that typical requests take of workerd, which is what Cloudflare bounds and
 * bills. Taken from the process' own account, so that a busy machine does not disturb it.
 */

const MODELS = 'models=text-only,image-text';
const LARGE = 'models=text-only-paper,image-text-paper';
const NAME = 'test.text.context.indirect.n8.v40-40-32.z0.g6.s0.i12.q3';

interface Request {
  readonly what: string;
  /** Asked so often in a round: enough for the account, which counts by 10 ms. */
  readonly times: number;
  /** Another one each time, so that nothing is cached. */
  readonly path: (time: number) => string;
  readonly init?: RequestInit;
}

/** Rounds over all requests, of which the median is printed. */
const ROUNDS = 3;

const get = (what: string, times: number, path: Request['path']): Request => ({
  what,
  times,
  path,
});
const post = (what: string, times: number, path: string, body: object): Request => ({
  what,
  times,
  path: () => path,
  init: {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${WRITE_TOKEN}` },
    body: JSON.stringify(body),
  },
});

const REQUESTS: readonly Request[] = [
  get('GET /v2/health/live', 60, () => '/v2/health/live'),
  get('GET /v1/models', 60, () => '/v1/models'),
  get('GET /openapi.json', 20, () => '/openapi.json'),
  get('GET /v1/queries, 10 of 8 objects', 60, (time) => `/v1/queries?objects=8&seed=${time}`),
  get('GET /v1/queries/….png', 40, (time) => `/v1/queries/${NAME.replace('i12', `i${time}`)}.png`),
  get('GET /v1/accuracy.svg, all models', 60, () => '/v1/accuracy.svg'),
  get('GET /embed/comparison, all models', 60, () => '/embed/comparison'),
  get('GET /preview/comparison.png', 5, () => '/preview/comparison.png'),
  get('GET / (a round of all models)', 10, (time) => `/?objects=8&sceneIndex=${time}`),
  get('GET /v2/health/ready', 20, () => '/v2/health/ready'),
  get('GET /v1/registry', 60, () => '/v1/registry'),
  get('GET /v1/runs', 60, () => '/v1/runs'),
  get('GET /v1/compare, 2 models, 5 numbers of objects, 48 queries', 3, (time) => {
    return `/v1/compare?${MODELS}&seed=${time}`;
  }),
  get('the same from the cache', 60, () => `/v1/compare?${MODELS}&seed=0`),
  get('GET /v1/compare, 2 models, 8 objects, 1000 queries', 1, (time) => {
    return `/v1/compare?${MODELS}&objects=8&queries=1000&seed=${time}`;
  }),
  get('GET /v1/compare, 2 models of paper size, 8 objects, 200 queries', 1, (time) => {
    return `/v1/compare?${LARGE}&objects=8&queries=200&seed=${time}`;
  }),
  post('POST /v1/predict, 2 models, 1 query', 20, '/v1/predict', {
    models: ['text-only', 'image-text'],
    queries: [NAME],
  }),
  post('POST /v1/predict, 2 models of paper size, 1 query', 20, '/v1/predict', {
    models: ['text-only-paper', 'image-text-paper'],
    queries: [NAME],
  }),
  post('POST /v1/interventions, a pair of 8 objects, every layer', 5, '/v1/interventions', {
    model: 'image-text',
    pair: { objects: 8 },
  }),
  post('POST /v1/knockouts, 64 queries of 8 objects', 2, '/v1/knockouts', {
    model: 'image-text',
    from: 'query',
    to: 'shape',
    objects: 8,
  }),
  post('POST /v1/runs, a comparison of 1 model, 8 objects, 48 queries', 5, '/v1/runs', {
    kind: 'comparison',
    request: { models: ['text-only'], objects: [8] },
  }),
];

await build();
const worker = await startWorker(SHIPPED_DIRECTORY, { ...WITH_REGISTRY, ...WITH_HISTORY });
try {
  await worker.migrate();
  const pid = workerdProcess();
  const run = async (path: string, init?: RequestInit) => {
    const { status, body } = await ask(worker, path, init);
    if (status >= 300) throw new Error(`${path}: ${status} ${body}`);
  };
  const cold = cpuSeconds(pid);
  await run(`/v1/compare?models=text-only&objects=8&queries=1`);
  const rows: Row[] = [
    {
      what: 'first request that runs a model, from the snapshot',
      value: milliseconds(cpuSeconds(pid) - cold),
    },
  ];
  const measured = REQUESTS.map((request) => ({ request, seconds: [] as number[] }));
  for (const { path, init } of REQUESTS) await run(path(0), init);
  let time = 0;
  for (let round = 0; round < ROUNDS; round++) {
    for (const { request, seconds } of measured) {
      const { times, path, init } = request;
      const before = cpuSeconds(pid);
      for (let asked = 0; asked < times; asked++) await run(path(++time), init);
      seconds.push((cpuSeconds(pid) - before) / times);
    }
  }
  rows.push(
    ...measured.map(({ request, seconds }) => ({
      what: request.what,
      value: milliseconds(median(seconds)),
    })),
  );
  printRows(rows);
} finally {
  await worker.stop();
}

function milliseconds(seconds: number): string {
  const value = 1000 * seconds;
  return `${value.toFixed(value < 10 ? 1 : 0)} ms`;
}
