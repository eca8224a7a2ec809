import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { modelIndexSchema } from '../contract/card.ts';
import { API_LIMITS } from '../contract/limits.ts';
import { ROOT, SHIPPED_DIRECTORY } from '../build/paths.ts';
import { FIXTURES } from '../harness/miniature-models.ts';
import { publish, variantOf } from '../harness/submission.ts';
import { startWorker, WITH_REGISTRY, type RunningWorker } from '../harness/worker.ts';
import { heldMegabytes } from './heap.ts';
import { privateMegabytes, workerdProcess } from './process.ts';
import type { Curve } from './result.ts';
import { askUncached, cpuTimeOf } from './timing.ts';

export const GROWTH_RUNS =
  'How cost and memory grow with what is asked, each curve in a workerd of its own. Costs are CPU time of all ' +
  'threads of workerd, averaged over several requests with seeds of their own; each point is asked once before it is ' +
  'measured. Memory of the isolate is its JavaScript after garbage collection and the memory of WebAssembly; a ' +
  'deployment has 128 MB. With models of preset pocket, an isolate that holds more than 100 MB fails the benchmark; ' +
  'models of the paper\'s size have a curve of their own that only says what they take. "workerd grew by" is the ' +
  'private memory of the whole process since it was up, other isolates and free memory of its allocator included: ' +
  'a bound from above for buffers that are neither JavaScript nor WebAssembly.';

const MODEL = 'text-only';
/** Most queries of one request. */
const QUERIES = 1024;
/** Requests that are averaged, as Linux counts CPU time by 10 ms. */
const REPEATS = 4;
/** Megabytes that an isolate may hold with models of preset pocket. */
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
  /** Whether an isolate that holds too much fails the benchmark. */
  readonly unlimited?: true;
  /** Requests of a call of `ask`; the value is the cost of one. */
  readonly requests?: (x: number) => number;
}

const comparePath = (models: string, objects: number, queries: number, seed: number) =>
  `/v1/compare?models=${models}&objects=${objects}&queries=${queries}&seed=${seed}`;

/** The shipped models of a preset, at most as many as one request may name. */
const modelsOf = (preset: Preset): string[] =>
  modelIndexSchema
    .parse(JSON.parse(readFileSync(join(ROOT, 'models/index.json'), 'utf8')))
    .models.filter((id) => id.endsWith('-paper') === (preset === 'paper'))
    .slice(0, API_LIMITS.modelsPerRequest);

type Preset = 'pocket' | 'paper';

/** A comparison of more and more models of a preset. */
function modelsGrowth(preset: Preset, points: readonly number[]): Growth {
  const models = modelsOf(preset);
  return {
    what: `A comparison of the first shipped models of preset ${preset}, 24 queries of 8 objects`,
    x: preset === 'paper' ? 'paper models' : 'models',
    points: points.filter((count) => count <= models.length),
    few: [2],
    ...(preset === 'paper' && { unlimited: true }),
    ask: (worker, count, seed) =>
      askUncached(worker, comparePath(models.slice(0, count).join(','), 8, 24, seed)),
  };
}

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
  modelsGrowth('pocket', [1, 2, 4, 8]),
  modelsGrowth('paper', [1, 2, 3, 4]),
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

/** Draws each curve, also where another one fails. */
export async function benchGrowth(smoke: boolean, seed: number): Promise<Drawn> {
  const curves: Curve[] = [];
  const faults: string[] = [];
  for (const growth of GROWTHS) {
    try {
      const curve = await measureGrowth(growth, smoke, seed);
      curves.push(curve);
      faults.push(...overLimit(curve));
    } catch (error) {
      faults.push(`${growth.what}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { curves, faults };
}

/** Curves that were measured, and what kept others from it or was too much. */
export interface Drawn {
  readonly curves: Curve[];
  readonly faults: string[];
}

/** A sentence for each point at which the isolate holds more than it may. */
export const overLimit = ({ what, x, points, limit = Infinity }: Curve): string[] =>
  points.flatMap(({ x: point, memory = 0 }) =>
    memory > limit
      ? [
          `${what}: the isolate holds ${memory.toFixed(0)} MB after ${point} ${x}; it may hold ${limit}`,
        ]
      : [],
  );

async function measureGrowth(growth: Growth, smoke: boolean, seed: number): Promise<Curve> {
  const { what, x, points, few, start = startShipped, prepare, ask, requests = () => 1 } = growth;
  const worker = await start();
  const pid = workerdProcess();
  let asked = seed;
  const nextSeed = () => (asked += 10_000);
  try {
    const inspector = await worker.inspector();
    await askUncached(worker, '/v1/models');
    const before = privateMegabytes(pid);
    const measured: Curve['points'] = [];
    for (const point of smoke ? few : points) {
      await prepare?.(worker, point);
      await ask(worker, point, nextSeed());
      const cost = await cpuTimeOf(pid, async () => {
        for (let time = 0; time < REPEATS; time++) await ask(worker, point, nextSeed());
      });
      measured.push({
        x: point,
        value: cost / REPEATS / requests(point),
        memory: await heldMegabytes(inspector, pid),
        grown: Math.max(0, privateMegabytes(pid) - before),
      });
    }
    return {
      what,
      x,
      unit: 'ms',
      ...(!growth.unlimited && { limit: MOST_HELD }),
      points: measured,
    };
  } finally {
    await worker.stop();
  }
}

const startShipped = () => startWorker(SHIPPED_DIRECTORY, { inspectorPort: 0 });
