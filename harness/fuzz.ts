import fc from 'fast-check';
import { trainedCardSchema, modelIndexSchema } from '../contract/card.ts';
import { RequestArbitraries, type FuzzRequest } from './arbitrary.ts';
import { FIXTURES } from './miniature-models.ts';
import { fetchDocument, operationsOf, ResponseChecker } from './openapi.ts';
import { publish, uploadOf, variantOf } from './submission.ts';
import { watch } from './watch.ts';
import { evaluate } from './evaluate.ts';
import { WRITE_TOKEN, type RunningWorker } from './worker.ts';
import { elementAt } from '../task/element-at.ts';

export interface FuzzOptions {
  readonly seed: number;
  readonly requests: number;
  /** Milliseconds after which no more are sent; without it, all are. */
  readonly timeLimit?: number;
  readonly onRequest?: (status: number) => void;
}

/** How many requests at once; an isolate answers them in turns. */
const AT_ONCE = 8;

const QUERIES = [
  'test.text.context.indirect.n8.v40-40-32.z0.g6.s0.i12.q3',
  'test.image.shuffled.association.n4.v40-40-32.z0.g6.s1.i0.q0',
];

/** Operations whose `id` may name a version. */
const OF_VERSIONS = [
  ...['getModel', 'getModelFile', 'getHuggingFaceArchive'],
  ...['getProbes', 'getProbePlot', 'getTrainingPlot'],
];

/** Operations under `/v2`, whose `model` may not. */
const OF_PROTOCOL = [
  ...['infer', 'modelMetadata', 'modelReady'],
  ...['inferVersion', 'modelVersionMetadata', 'modelVersionReady'],
];

/**
 * Sends requests made from the API's description and checks that none fails the server and that each
 * answer is as documented.
 *
 * @returns answers by operation and status
 * @throws Error that shows the smallest request found that was answered otherwise, and the seed
 */
export async function fuzz(
  worker: RunningWorker,
  options: FuzzOptions,
): Promise<Map<string, Map<number, number>>> {
  const document = await fetchDocument(worker);
  const checker = new ResponseChecker(document);
  const arbitraries = new RequestArbitraries(
    document,
    await knownParts(worker),
    `Bearer ${WRITE_TOKEN}`,
    [uploadOf(FIXTURES.text), variantOf(FIXTURES.text, 7), uploadOf(FIXTURES.seeing)],
  );
  const request = fc.oneof(...operationsOf(document).map((one) => arbitraries.of(one)));
  const statuses = new Map(
    operationsOf(document).map(({ operationId }) => [operationId, new Map<number, number>()]),
  );

  const check = async ({ operation, path, init }: FuzzRequest): Promise<void> => {
    const response = await worker.fetch(path, init);
    const counts = statuses.get(operation.operationId);
    counts?.set(response.status, (counts.get(response.status) ?? 0) + 1);
    options.onRequest?.(response.status);
    const faults = await checker.faults(operation, response);
    // A model that is there always loads, so here even 503 would be a fault; 501 is oEmbed's word for a
    // format that it does not speak.
    if (response.status >= 500 && response.status !== 501) faults.push(`status ${response.status}`);
    if (!response.headers.has('x-request-id')) faults.push('no x-request-id');
    if (faults.length > 0) {
      throw new Error(`${init.method} ${path} ${JSON.stringify(init)}: ${faults.join('; ')}`);
    }
  };
  const property = fc.asyncProperty(
    fc.array(request, { minLength: AT_ONCE, maxLength: AT_ONCE }),
    async (requests) => {
      await Promise.all(requests.map(check));
    },
  );
  await fc.assert(property, {
    seed: options.seed,
    numRuns: Math.ceil(options.requests / AT_ONCE),
    ...(options.timeLimit !== undefined && { interruptAfterTimeLimit: options.timeLimit }),
    markInterruptAsFailure: false,
  });
  return statuses;
}

async function knownParts(worker: RunningWorker) {
  const index = (await (await worker.fetch('/v1/models')).json()) as { models: { id: string }[] };
  const ids = modelIndexSchema.parse({
    schema: 1,
    models: index.models.map(({ id }) => id),
  }).models;
  const first = elementAt(ids, 0);
  const card = trainedCardSchema.parse(await (await worker.fetch(`/v1/models/${first}`)).json());
  const { sha256 } = card.files.model;
  await worker.migrate();
  await publish(worker, first, uploadOf(first));
  await publish(worker, first, variantOf(first, 1), '?alias=canary');
  const selectors = ['1', '2', 'canary', 'production', 'shipped', sha256, sha256.slice(0, 12)];
  const references = [...ids, ...selectors.map((selector) => `${first}@${selector}`)];
  const evaluation = [await evaluate(worker, first)];
  const watched = await watch(worker, first);
  const runs = await Promise.all([1, 2].map((seed) => keep(worker, first, seed)));
  return {
    id: ids,
    model: references,
    models: [...references.map((reference) => [reference]), [...ids]],
    version: [1, 2],
    alias: ['production', 'canary'],
    original: QUERIES,
    counterfactual: QUERIES,
    queries: [1, 4, ...[QUERIES, [QUERIES[0]]]],
    ...Object.fromEntries(OF_VERSIONS.map((operation) => [`${operation}.id`, references])),
    ...Object.fromEntries(OF_PROTOCOL.map((operation) => [`${operation}.model`, [first, ...ids]])),
    ...Object.fromEntries(
      OF_PROTOCOL.map((operation) => [`${operation}.version`, [2, 'canary', 'shipped', sha256]]),
    ),
    // Of knockouts, and of aliases.
    from: ['query', 'query', 'query', 1, 2],
    to: ['shape', 'association-item'],
    layers: [[0, 1]],
    ...Object.fromEntries(
      OF_COMPARISONS.map((operation) => [`${operation}.objects`, [[3], [2, 4]]]),
    ),
    ...Object.fromEntries(OF_COMPARISONS.map((operation) => [`${operation}.queries`, [4]])),
    'getRun.id': runs,
    ...Object.fromEntries(OF_EVALUATIONS.map((parameter) => [parameter, evaluation])),
    ...Object.fromEntries(OF_WATCHES.map((operation) => [`${operation}.id`, [watched.id]])),
    'watchBadge.file': [`${watched.id}.svg`, `${watched.id}.json`],
    'getWatchReport.report': [watched.report],
    'listWatchRuns.from': ['2026-01-01T00:00:00Z'],
    'getQuery.file': QUERIES.flatMap((name) => [name, `${name}.svg`, `${name}.png`]),
    'getBadge.file': [`${first}.svg`, `${first}.json`],
    'oembed.url': ['/embed/comparison', `/embed/mechanism?models=${first}`, '/'],
    'oembed.format': ['json', 'xml', 'yaml'],
  };
}

/** Operations that compare models, with numbers that fit into a request. */
const OF_COMPARISONS = ['compareModels', 'streamComparison'];

/** Parameters that name an evaluation. */
const OF_EVALUATIONS = [
  ...['getEvaluation.id', 'streamEvaluation.id', 'exportEvaluation.id', 'evaluationPage.id'],
  ...['compareEvaluations.a', 'compareEvaluations.b'],
];

/** Operations on a watch. */
const OF_WATCHES = ['getWatch', 'exportWatch', 'listWatchRuns', 'getWatchReport'];

/** A run of the history. @returns its id */
async function keep(worker: RunningWorker, model: string, seed: number): Promise<string> {
  const request = { models: [model], objects: [3], queries: 4, seed };
  const response = await worker.fetch('/v1/runs', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${WRITE_TOKEN}` },
    body: JSON.stringify({ kind: 'comparison', request }),
  });
  return response.headers.get('location')?.split('/').at(-1) ?? '';
}
