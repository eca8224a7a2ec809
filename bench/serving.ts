import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { modelCardSchema, type ModelCard } from '../contract/card.ts';
import { modelFacts } from '../contract/model-facts.ts';
import { answerQueries, packScene, SCENES_PER_RUN } from '../inference/answer-queries.ts';
import { listQueryIndices } from '../task/query-indices.ts';
import type { Runtime, SessionOptions } from '../inference/runtime.ts';
import { openModel } from '../inference/session.ts';
import { parseSpec, type QuerySpec } from '../task/spec.ts';
import { ROOT } from '../build/paths.ts';
import { startWorker, type RunningWorker } from '../harness/worker.ts';
import { WORK_LIMIT, workOf } from '../services/cost-limit.ts';
import { workerdProcess } from './process.ts';
import { answersOfPair, openSweeps } from './sweep.ts';
import { byRound, figureOf, type Figure } from './result.ts';
import { askUncached, cpuTimeOf, measureInTurns, ownCpuTime } from './timing.ts';

const MODELS = join(ROOT, 'models');
const MODEL = 'text-only';
const OBJECTS = 8;
const QUERIES = 256;
const QUERIES_PER_RUN = SCENES_PER_RUN * OBJECTS;
/** Pairs of a sweep. */
const PAIRS = 8;
/** Short requests are asked so often a turn, as Linux counts CPU time by 10 ms. */
const REPEATS = 4;

export const SERVING_RUNS =
  `GET /v1/compare of ${MODEL} with ${OBJECTS} objects on one warm isolate: ${QUERIES} queries with ${OBJECTS} ` +
  `questions a scene (packed), ${QUERIES} with 1 question a scene (single), and ${QUERIES_PER_RUN} packed ones ` +
  `(one run of the model). "native" is the packed comparison by onnxruntime-node on one thread, without HTTP. ` +
  `Attributions are of one answer with 12 objects. A sweep is POST /v1/interventions with ${PAIRS} pairs of ${OBJECTS} ` +
  `objects, every layer. "one prefix / from the embedding" is such a sweep by onnxruntime-node on one thread, with all ` +
  `patches of a pair after one prefix as the product has them, against the same number of patches in a row each; ` +
  `both must give the same outcomes. Every request has a seed of its own; an answer from a cache is ` +
  `refused. Times are CPU time of all threads of workerd, and of this process for "native".`;

/** The warm worker in workerd: what packing wins, and what WebAssembly and HTTP cost. */
export async function benchServing(turns: number, seed: number): Promise<Figure[]> {
  const card = modelCardSchema.parse(
    JSON.parse(readFileSync(join(MODELS, MODEL, 'card.json'), 'utf8')),
  );
  const spec = parseSpec({
    split: 'test',
    modality: 'text',
    objects: OBJECTS,
    vocabulary: modelFacts(card).vocabulary,
  });
  const native = await nativeComparison(card, spec);
  const model = join(MODELS, MODEL, card.files.model.name);
  const sweeps = await openSweeps(NATIVE, model, spec, PAIRS);
  const worker = await startWorker(MODELS);
  const pid = workerdProcess();
  let asked = 0;
  const perRequest = async (times: number, request: (seed: number) => Promise<unknown>) => {
    const cpu = await cpuTimeOf(pid, async () => {
      for (let time = 0; time < times; time++) await request(seed + asked++);
    });
    return cpu / times;
  };
  const compare = (queries: number, questionsPerScene: number) => (requestSeed: number) =>
    askUncached(worker, comparePath(queries, questionsPerScene, requestSeed));
  const times = await measureInTurns(
    {
      packed: () => perRequest(1, compare(QUERIES, OBJECTS)),
      single: () => perRequest(1, compare(QUERIES, 1)),
      oneRun: () => perRequest(REPEATS, compare(QUERIES_PER_RUN, OBJECTS)),
      native: (turn) => ownCpuTime(() => native(seed + turn)),
      attribution: () => perRequest(REPEATS, (requestSeed) => attribute(worker, requestSeed)),
      sweep: () => perRequest(1, (requestSeed) => askSweep(worker, requestSeed)),
      onePrefix: (turn) => ownCpuTime(() => sweeps.sharedPrefix(seed + turn)),
      fromEmbedding: (turn) => ownCpuTime(() => sweeps.fromEmbedding(seed + turn)),
    },
    turns,
  ).finally(() => worker.stop());
  return servingFigures(times, workOfComparison(card, spec), PAIRS * answersOfPair(sweeps.layers));
}

/** What the front page asks of each model: 12 objects, with the strongest tokens cut by layer. */
async function attribute(worker: RunningWorker, seed: number): Promise<void> {
  const query = `test.text.context.indirect.n12.v216-216-32.z0.g6.s${seed}.i0.q0`;
  await askUncached(worker, '/v1/attributions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: MODEL, query }),
  });
}

async function askSweep(worker: RunningWorker, seed: number): Promise<void> {
  await askUncached(worker, '/v1/interventions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: MODEL, sweep: { objects: OBJECTS, pairs: PAIRS, seed } }),
  });
}

const comparePath = (queries: number, questionsPerScene: number, seed: number) =>
  `/v1/compare?models=${MODEL}&objects=${OBJECTS}&queries=${queries}` +
  `&questionsPerScene=${questionsPerScene}&seed=${seed}`;

/** onnxruntime-node on one thread. */
const NATIVE: Runtime = {
  Tensor: ort.Tensor,
  InferenceSession: {
    create: (model: Uint8Array, asked?: SessionOptions) =>
      ort.InferenceSession.create(model, { intraOpNumThreads: 1, interOpNumThreads: 1, ...asked }),
  },
};

/** The packed comparison as the worker does it, by onnxruntime-node on one thread, without HTTP. */
async function nativeComparison(card: ModelCard, spec: QuerySpec) {
  const model = readFileSync(join(MODELS, MODEL, card.files.model.name));
  const runner = await openModel(NATIVE, { model, featureWidth: 0 });
  const places = listQueryIndices(OBJECTS, QUERIES, OBJECTS);
  return (seed: number): Promise<unknown> => answerQueries(runner, spec, seed, places);
}

/** Multiply-adds of the packed comparison, as the worker counts them. */
function workOfComparison(card: ModelCard, spec: QuerySpec): number {
  const { prompt } = packScene(spec, 0, listQueryIndices(OBJECTS, OBJECTS));
  return (QUERIES / OBJECTS) * workOf(card, prompt.tokens.length);
}

type ServingTimes = Readonly<
  Record<
    | 'packed'
    | 'single'
    | 'oneRun'
    | 'native'
    | 'attribution'
    | 'sweep'
    | 'onePrefix'
    | 'fromEmbedding',
    readonly number[]
  >
>;

/**
 * @param times milliseconds by turn
 * @param work multiply-adds of the packed comparison
 * @param patched answers of a sweep
 */
export function servingFigures(times: ServingTimes, work: number, patched: number): Figure[] {
  const { packed, single, oneRun, native, attribution, sweep, onePrefix, fromEmbedding } = times;
  const rates = (milliseconds: readonly number[], answers = QUERIES) =>
    milliseconds.map((time) => (1000 * answers) / time);
  const overhead = byRound([packed, oneRun], overheadOf);
  const time = { unit: 'ms', better: 'lower' } as const;
  const rate = { unit: 'answers/s', better: 'higher' } as const;
  const ratio = { unit: 'x', better: 'higher' } as const;
  return [
    figureOf('packed comparison', packed, time),
    figureOf('packed answers a CPU second', rates(packed), rate),
    figureOf('single answers a CPU second', rates(single), rate),
    figureOf('packed / single', byRound([single, packed], divided), { ...ratio, target: 4 }),
    figureOf('native answers a CPU second', rates(native), rate),
    // WebAssembly runs the same kernels with narrower vectors, so it cannot win.
    figureOf('workerd / native', byRound([native, packed], divided), { ...ratio, possible: 1 }),
    figureOf('attribution', attribution, { ...time, target: 150 }),
    figureOf('answers of a sweep a CPU second', rates(sweep, patched), rate),
    figureOf(
      'sweep, one prefix / from the embedding',
      byRound([fromEmbedding, onePrefix], divided),
      { ...ratio, target: 1.5 },
    ),
    figureOf('HTTP and JSON', overhead, time),
    figureOf('share of HTTP and JSON', byRound([overhead, packed], shareOf), {
      unit: '%',
      better: 'lower',
      target: 10,
    }),
    figureOf(
      'longest request that is allowed',
      packed.map((milliseconds) => (milliseconds / 1000) * (WORK_LIMIT / work)),
      { unit: 's', better: 'lower' },
    ),
  ];
}

const divided = (a = NaN, b = NaN): number => a / b;
const shareOf = (a = NaN, b = NaN): number => (100 * a) / b;

/**
 * What a comparison costs beside its answers: routing, validation, JSON and HTTP.
 *
 * A comparison's request and response are as long for 32 queries as for 256, while the model runs
 * once for the one and 8 times for the other. So the difference is 7 runs, and what is left of the
 * short one without its own run is everything else. The product is measured as it is, with no clock in it.
 */
function overheadOf(packed = NaN, oneRun = NaN): number {
  const run = (packed - oneRun) / (QUERIES / QUERIES_PER_RUN - 1);
  const overhead = oneRun - run;
  // It is the small difference of two times, so noise can make it negative; more than noise is impossible.
  return overhead < 0 && overhead > -NOISE * packed ? 0 : overhead;
}

/** How much the times of one request differ from turn to turn on a busy machine, as a share. */
const NOISE = 0.1;
