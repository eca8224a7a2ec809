import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { modelIndexSchema } from '../contract/card.ts';
import { ROOT } from '../build/paths.ts';
import { FIXTURES } from '../harness/miniature-models.ts';
import { publish, variantOf } from '../harness/submission.ts';
import { startWorker, WITH_REGISTRY, type RunningWorker } from '../harness/worker.ts';
import { heldMegabytes } from './heap.ts';
import { workerdProcess } from './process.ts';
import { ImpossibleResult, type Curve } from './result.ts';
import { askUncached, cpuTimeOf } from './timing.ts';

export const GROWTH_RUNS =
  'How cost and memory grow with what is asked, each curve in a workerd of its own. Costs are CPU time of all ' +
  'threads of workerd, averaged over several requests with seeds of their own; each point is asked once before it is ' +
  'measured. Memory is JavaScript and buffers of the isolate after garbage collection, WebAssembly included; ' +
  `a deployment has 128 MB. An isolate that holds more than 100 MB fails the benchmark.`;

const MODEL = 'text-only';
/** Most queries of one request. */
const QUERIES = 1024;
/** Requests that are averaged, as Linux counts CPU time by 10 ms. */
const REPEATS = 4;
/** Megabytes that an isolate may hold. */
const MOST_HELD = 100;

interface Growth {
  readonly what: string;
  readonly x: string;
  readonly points: readonly number[];
  /** The points of a smoke test. */
  readonly few: readonly number[];
  /** Where there is no other, the shipped models. */
  readonly start?: () => Promise<RunningWorker>;
  /** Brings the worker to a point, which is not measured. */
  readonly prepare?: (worker: RunningWorker, x: number) => Promise<void>;
  readonly ask: (worker: RunningWorker, x: number, seed: number) => Promise<unknown>;
  /** Requests of a call of `ask`; the value is the cost of one. */
  readonly requests?: (x: number) => number;
}

const comparePath = (models: string, objects: number, queries: number, seed: number) =>
  `/v1/compare?models=${models}&objects=${objects}&queries=${queries}&seed=${seed}`;

const MODELS = modelIndexSchema.parse(
  JSON.parse(readFileSync(join(ROOT, 'models/index.json'), 'utf8')),
).models;

const GROWTHS: readonly Growth[] = [
  {
    what: `Answers of ${MODEL} to queries of 8 objects, ${QUERIES} at most a request`,
    x: 'answers',
    points: [64, 256, 1024, 4096],
    few: [64],
    ask: async (worker, answers, seed) => {
      for (let left = answers; left > 0; left -= QUERIES) {
        await askUncached(worker, comparePath(MODEL, 8, Math.min(left, QUERIES), seed + left));
      }
    },
  },
  {
    what: `256 answers of ${MODEL}, with 8 questions a scene`,
    x: 'objects',
    points: [8, 16, 24, 32],
    few: [32],
    ask: (worker, objects, seed) =>
      askUncached(worker, `${comparePath(MODEL, objects, 256, seed)}&questionsPerScene=8`),
  },
  {
    what: 'A comparison of the first shipped models, 24 queries of 8 objects',
    x: 'models',
    points: [1, 2, 4, 8, MODELS.length],
    few: [2],
    ask: (worker, models, seed) =>
      askUncached(worker, comparePath(MODELS.slice(0, models).join(','), 8, 24, seed)),
  },
  {
    what: `A request of clients that ask at the same time, 24 queries of ${MODEL} with 8 objects`,
    x: 'clients',
    points: [1, 5, 10, 25, 50],
    few: [10],
    ask: (worker, clients, seed) =>
      Promise.all(
        Array.from({ length: clients }, (_, client) =>
          askUncached(worker, comparePath(MODEL, 8, 24, seed + client)),
        ),
      ),
    requests: (clients) => clients,
  },
  versionsGrowth(),
];

/** Versions of a model that are published one after the other, of which the newest is asked. */
function versionsGrowth(): Growth {
  const id = FIXTURES.text;
  let published = 0;
  return {
    what: 'The list of the published versions of a model, and 8 answers of the newest version (miniature model)',
    x: 'versions',
    points: [1, 25, 50, 100, 200],
    few: [2],
    start: async () => {
      published = 0;
      return startWorker(undefined, { ...WITH_REGISTRY, inspectorPort: 0 });
    },
    prepare: async (worker, versions) => {
      while (published < versions) {
        published += 1;
        const response = await publish(worker, id, variantOf(id, published));
        const body = await response.text();
        if (response.status !== 201) throw new Error(`publishing: ${response.status} ${body}`);
      }
    },
    ask: async (worker, versions, seed) => {
      await askUncached(worker, `/v1/registry/${id}`);
      await askUncached(worker, comparePath(`${id}@${versions}`, 2, 8, seed));
    },
  };
}

/** @throws ImpossibleResult where the isolate holds too much */
export async function benchGrowth(smoke: boolean, seed: number): Promise<Curve[]> {
  const curves: Curve[] = [];
  for (const growth of GROWTHS) curves.push(await measureGrowth(growth, smoke, seed));
  return curves;
}

async function measureGrowth(growth: Growth, smoke: boolean, seed: number): Promise<Curve> {
  const { what, x, points, few, start = startShipped, prepare, ask, requests = () => 1 } = growth;
  const worker = await start();
  const pid = workerdProcess();
  let asked = seed;
  const nextSeed = () => (asked += 10_000);
  try {
    const inspector = await worker.inspector();
    const measured: Curve['points'] = [];
    for (const point of smoke ? few : points) {
      await prepare?.(worker, point);
      await ask(worker, point, nextSeed());
      const cost = await cpuTimeOf(pid, async () => {
        for (let time = 0; time < REPEATS; time++) await ask(worker, point, nextSeed());
      });
      const memory = await heldMegabytes(inspector);
      if (memory > MOST_HELD) {
        throw new ImpossibleResult(
          `the isolate holds ${memory.toFixed(0)} MB after ${point} ${x}; it may hold ${MOST_HELD}`,
        );
      }
      measured.push({ x: point, value: cost / REPEATS / requests(point), memory });
    }
    return { what, x, unit: 'ms', points: measured };
  } finally {
    await worker.stop();
  }
}

const startShipped = () => startWorker(join(ROOT, 'models'), { inspectorPort: 0 });
