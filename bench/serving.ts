import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { modelCardSchema, type ModelCard } from '../contract/card.ts';
import { modelFacts } from '../contract/model-facts.ts';
import { answerQueries, packScene, SCENES_PER_RUN } from '../inference/answer-queries.ts';
import { listQueryIndices } from '../task/query-indices.ts';
import { openModel } from '../inference/session.ts';
import { parseSpec, type QuerySpec } from '../task/spec.ts';
import { ROOT } from '../build/paths.ts';
import { startWorker, type RunningWorker } from '../harness/worker.ts';
import { WORK_LIMIT, workOf } from '../services/cost-limit.ts';
import type { Row } from './report.ts';
import { ask, timeInTurns } from './timing.ts';

const MODELS = join(ROOT, 'models');
const MODEL = 'text-only';
const OBJECTS = 8;
const QUERIES = 256;
const TURNS = 15;
const QUERIES_PER_RUN = SCENES_PER_RUN * OBJECTS;

/** The warm worker in workerd: what packing wins, what WebAssembly and HTTP cost. */
export async function benchServing(): Promise<Row[]> {
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
  const worker = await startWorker(MODELS);
  const compare = (queries: number, questionsPerScene: number) => () =>
    ask(worker, comparePath(queries, questionsPerScene));
  const times = await timeInTurns(
    {
      packed: compare(QUERIES, OBJECTS),
      single: compare(QUERIES, 1),
      oneRun: compare(QUERIES_PER_RUN, OBJECTS),
      native,
      attribution: () => attribute(worker),
    },
    TURNS,
  ).finally(() => worker.stop());
  return [...servingRows(times), limitRow(workOfComparison(card, spec), times.packed)];
}

/** What the front page asks of each model: 12 objects, with the strongest tokens cut by layer. */
async function attribute(worker: RunningWorker): Promise<void> {
  const query = 'test.text.context.indirect.n12.v216-216-32.z0.g6.s0.i0.q0';
  const response = await worker.post('/v1/attributions', { model: MODEL, query });
  const body = await response.text();
  if (!response.ok) throw new Error(`/v1/attributions: ${response.status} ${body}`);
}

const comparePath = (queries: number, questionsPerScene: number) =>
  `/v1/compare?models=${MODEL}&objects=${OBJECTS}&queries=${queries}&questionsPerScene=${questionsPerScene}`;

/** The packed comparison as the worker does it, by onnxruntime-node on one thread, without HTTP. */
async function nativeComparison(card: ModelCard, spec: QuerySpec): Promise<() => Promise<unknown>> {
  const options = { intraOpNumThreads: 1, interOpNumThreads: 1 };
  const runtime = {
    Tensor: ort.Tensor,
    InferenceSession: {
      create: (model: Uint8Array) => ort.InferenceSession.create(model, options),
    },
  };
  const model = readFileSync(join(MODELS, MODEL, card.files.model.name));
  const runner = await openModel(runtime, { model, featureWidth: 0 });
  const places = listQueryIndices(OBJECTS, QUERIES, OBJECTS);
  return () => answerQueries(runner, spec, 0, places);
}

/** Multiply-adds of the packed comparison, as the worker counts them. */
function workOfComparison(card: ModelCard, spec: QuerySpec): number {
  const { prompt } = packScene(spec, 0, listQueryIndices(OBJECTS, OBJECTS));
  return (QUERIES / OBJECTS) * workOf(card, prompt.tokens.length);
}

/** How long a request may keep others waiting. */
function limitRow(work: number, milliseconds: number): Row {
  const seconds = (milliseconds / 1000) * (WORK_LIMIT / work);
  return { what: 'longest request that is allowed', value: `${seconds.toFixed(1)} s` };
}

type ServingTimes = Readonly<
  Record<'packed' | 'single' | 'oneRun' | 'native' | 'attribution', number>
>;

function servingRows({ packed, single, oneRun, native, attribution }: ServingTimes): Row[] {
  const rate = (milliseconds: number) =>
    `${((QUERIES / milliseconds) * 1000).toFixed(0)} answers/s`;
  const overhead = overheadOf(packed, oneRun);
  return [
    { what: 'workerd, 8 questions a scene', value: rate(packed) },
    { what: 'workerd, 1 question a scene', value: rate(single) },
    { what: 'packed / single', value: `${(single / packed).toFixed(1)} x`, target: '>= 4 x' },
    { what: 'onnxruntime-node, 8 questions a scene', value: rate(native) },
    { what: 'workerd / native', value: `${(native / packed).toFixed(2)} x` },
    { what: `comparison of ${QUERIES} answers`, value: `${packed.toFixed(0)} ms` },
    {
      what: 'attribution of an answer, 12 objects',
      value: `${attribution.toFixed(0)} ms`,
      target: '<= 150 ms',
    },
    { what: 'of which HTTP and JSON', value: `${overhead.toFixed(1)} ms` },
    {
      what: 'share of HTTP and JSON',
      value: `${((100 * overhead) / packed).toFixed(1)} %`,
      target: '<= 10 %',
    },
  ];
}

/**
 * What a comparison costs beside its answers: routing, validation, JSON and the way there and back.
 *
 * A comparison's request and response are as long for 32 queries as for 256, while the model runs
 * once for the one and 8 times for the other. So the difference is 7 runs, and what is left of the
 * short one without its own run is everything else. The product is measured as it is, no clock in it.
 */
function overheadOf(packed: number, oneRun: number): number {
  const run = (packed - oneRun) / (QUERIES / QUERIES_PER_RUN - 1);
  return oneRun - run;
}
