import type { CompareRequest, CompareResponse } from '../contract/api.ts';
import { commonVocabulary, type ModelCard } from '../contract/card.ts';
import { compareOutcomes, type ModelOutcomes } from '../statistics/paired-comparison.ts';
import { answerQueries, packScene } from '../inference/answer-queries.ts';
import { listQueryIndices } from '../task/query-indices.ts';
import { parseSpec, type QuerySpec, type Vocabulary } from '../task/spec.ts';
import { requireAffordableComparison } from './cost-limit.ts';
import type { ModelAccess } from './models.ts';
import { requireCompatible } from './model-compatibility.ts';

/** A comparison that can be run: its models are known and can read its queries. */
export interface PlannedComparison {
  readonly request: CompareRequest;
  readonly cards: readonly ModelCard[];
  /** One a number of objects. */
  readonly specs: readonly QuerySpec[];
}

/** What all models did with the queries from `start` up to `end`. */
export interface RangeOutcomes {
  readonly start: number;
  readonly end: number;
  readonly models: readonly ModelOutcomes[];
}

/**
 * Queries that run before there is something to tell. Ranges end at multiples of it, wherever they
 * start, so that a comparison in parts runs the same batches as the whole.
 */
export const RANGE = 96;

/**
 * @throws Problem where a model is unknown, cannot read such queries, or all would be too much work
 * @throws SpecError where the parameters do not fit together
 */
export async function planComparison(
  models: ModelAccess,
  request: CompareRequest,
): Promise<PlannedComparison> {
  const cards = await Promise.all(request.models.map((reference) => models.card(reference)));
  const vocabulary = { ...commonVocabulary(cards), ...givenVocabulary(request) };
  const specs = specsOf(request, vocabulary);
  requireReadable(cards, specs, request);
  return { request, cards, specs };
}

/** Runs it, range by range. @throws Problem where a model cannot be loaded */
export async function* comparisonRanges(
  models: ModelAccess,
  { request, cards, specs }: PlannedComparison,
): AsyncGenerator<RangeOutcomes, void> {
  const { seed, questionsPerScene } = request;
  const behind = request.start + request.queries;
  for (let start = request.start; start < behind;) {
    const end = Math.min(behind, (Math.floor(start / RANGE) + 1) * RANGE);
    const outcomes: ModelOutcomes[] = [];
    for (const [place, card] of cards.entries()) {
      const runner = await models.runner(card);
      const byObjects: ModelOutcomes['byObjects'][number][] = [];
      for (const spec of specs) {
        const places = listQueryIndices(spec.objects, end - start, questionsPerScene, start);
        const answers = await answerQueries(runner, spec, seed, places);
        byObjects.push({ objects: spec.objects, correct: answers.map(({ correct }) => correct) });
      }
      outcomes.push({ model: request.models[place], byObjects });
    }
    yield { start, end, models: outcomes };
    start = end;
  }
}

/** What all ranges together say. */
export function comparisonResult(
  { request, cards, specs }: PlannedComparison,
  ranges: readonly RangeOutcomes[],
): CompareResponse {
  const { seed, start, queries, questionsPerScene, objects } = request;
  const outcomes = request.models.map((reference, model) => ({
    model: reference,
    byObjects: objects.map((count, at) => ({
      objects: count,
      correct: ranges.flatMap((range) => range.models[model].byObjects[at].correct),
    })),
  }));
  return {
    queries: { ...specs[0], objects, seed, start, count: queries, questionsPerScene },
    digests: Object.fromEntries(
      cards.map(({ files }, place) => [request.models[place], files.model.sha256]),
    ),
    ...compareOutcomes(outcomes),
  };
}

/** All that decides the answer, beside the code. */
export function determinants({
  request,
  cards,
  specs,
}: PlannedComparison): Record<string, unknown> {
  const { seed, start, queries, questionsPerScene } = request;
  const models = cards.map(({ files, modalities }, place) => [
    request.models[place],
    files.model.sha256,
    files.encoder?.sha256,
    modalities,
  ]);
  return { models, specs, seed, start, queries, questionsPerScene };
}

function givenVocabulary({ colours, shapes, items }: CompareRequest): Partial<Vocabulary> {
  return {
    ...(colours !== undefined && { colours }),
    ...(shapes !== undefined && { shapes }),
    ...(items !== undefined && { items }),
  };
}

function specsOf(request: CompareRequest, vocabulary: Vocabulary): QuerySpec[] {
  const { split, modality, order, question, maxPositionGaps, grid } = request;
  return request.objects.map((objects) =>
    parseSpec({ split, modality, order, question, maxPositionGaps, grid, objects, vocabulary }),
  );
}

/** Refuses, before anything runs, what some model cannot read or all together cannot afford. */
function requireReadable(
  cards: readonly ModelCard[],
  specs: readonly QuerySpec[],
  { seed, queries, questionsPerScene }: CompareRequest,
): void {
  const scenes = specs.map((spec) => {
    const sample = packScene(spec, seed, [{ index: 0, question: 0 }]);
    for (const card of cards)
      requireCompatible(card, sample, spec.vocabulary, spec.maxPositionGaps);
    return {
      prefix: sample.prompt.tokens.length - 2,
      questionsPerScene: Math.min(spec.objects, questionsPerScene),
    };
  });
  requireAffordableComparison(cards, scenes, queries);
}
