import type { CompareRequest, CompareResponse, PairedComparison } from '../contract/comparisons.ts';
import { commonVocabulary, modelFacts } from '../contract/model-facts.ts';
import { accuracyByPosition } from '../statistics/position-accuracy.ts';
import { compareOutcomes, type ModelOutcomes } from '../statistics/paired-comparison.ts';
import { answerQueries, packScene } from '../inference/answer-queries.ts';
import { listQueryIndices } from '../task/query-indices.ts';
import { askedPosition, generateScene, type PositionList } from '../task/scene.ts';
import { parseSpec, SpecError, type QuerySpec, type Vocabulary } from '../task/spec.ts';
import { requireAffordableComparison, type SceneCost } from './cost-limit.ts';
import type { ModelAccess } from './models.ts';
import { requireCompatible } from './model-compatibility.ts';
import { selectModels, type SelectedModel } from './selected-models.ts';
import { zip } from './zip.ts';

/** A valid comparison: the models exist and can read the queries. */
export interface ComparisonPlan {
  readonly request: CompareRequest;
  readonly models: readonly SelectedModel[];
  readonly vocabulary: Vocabulary;
  /** One for each number of objects. */
  readonly specs: readonly QuerySpec[];
  /** What a scene of each of `specs` costs. */
  readonly scenes: readonly SceneCost[];
}

/** What all models answered to the queries from `start` up to but without `end`. */
export interface OutcomeRange {
  readonly start: number;
  readonly end: number;
  readonly models: readonly ModelOutcomes[];
}

/**
 * Queries per range. Ranges end at multiples of it, whatever the start, so that a comparison done in
 * parts runs the same batches as one done at once.
 */
export const RANGE = 96;

/**
 * @throws ServiceError where a model is unknown, cannot read the queries, or the work is too much
 * @throws SpecError where the parameters contradict each other
 */
export async function planComparison(
  models: ModelAccess,
  request: CompareRequest,
): Promise<ComparisonPlan> {
  const plan = planSelected(await selectModels(models, request.models), request);
  const cards = plan.models.map(({ card }) => card);
  requireAffordableComparison(cards, plan.scenes, request);
  return plan;
}

/**
 * Checks before anything runs that every model can read the queries; not how much work they are.
 *
 * @param selected the models of the request, in its order
 * @throws ServiceError where a model cannot read the queries
 * @throws SpecError where the parameters contradict each other
 */
export function planSelected(
  selected: readonly SelectedModel[],
  request: CompareRequest,
): ComparisonPlan {
  const { split, modality, order, question, maxPositionGaps, grid } = request;
  if (modality === 'image' && request.byPosition === 'context') {
    throw new SpecError(
      'byPosition must be association with modality image: a picture has no order of objects',
    );
  }
  const known = commonVocabulary(selected.map(({ card }) => modelFacts(card)));
  const { colours = known.colours, shapes = known.shapes, items = known.items } = request;
  const vocabulary = { colours, shapes, items };
  const specs = request.objects.map((objects) =>
    parseSpec({ split, modality, order, question, objects, vocabulary, maxPositionGaps, grid }),
  );
  const scenes = specs.map((spec) => sceneCost(selected, spec, request));
  return { request, models: selected, vocabulary, specs, scenes };
}

/** @throws ServiceError where a model cannot read such a scene */
function sceneCost(
  models: readonly SelectedModel[],
  spec: QuerySpec,
  { seed, questionsPerScene }: CompareRequest,
): SceneCost {
  const sample = packScene(spec, seed, [{ index: 0, question: 0 }]);
  for (const { card } of models)
    requireCompatible(card, sample, spec.vocabulary, spec.maxPositionGaps);
  return {
    prefix: sample.prompt.tokens.length - 2,
    questionsPerScene: Math.min(spec.objects, questionsPerScene),
  };
}

/**
 * Runs a comparison range by range.
 *
 * @returns the result of all ranges
 * @throws ServiceError where a model cannot be loaded
 */
export async function* runComparison(
  access: ModelAccess,
  plan: ComparisonPlan,
): AsyncGenerator<OutcomeRange, CompareResponse> {
  const { start: first, queries } = plan.request;
  const last = first + queries;
  const all = plan.models.map(({ reference }) => ({
    model: reference,
    byObjects: plan.specs.map(({ objects }) => ({ objects, correct: new Array<boolean>() })),
  }));
  for (let start = first; start < last;) {
    const end = Math.min(last, endOfRange(start));
    const models = await answerRange(access, plan, start, end);
    for (const [total, part] of zip(all, models)) {
      for (const [{ correct }, more] of zip(total.byObjects, part.byObjects)) {
        correct.push(...more.correct);
      }
    }
    yield { start, end, models };
    start = end;
  }
  return resultOf(plan, all);
}

/** Where the range of a query ends. */
export const endOfRange = (start: number): number => (Math.floor(start / RANGE) + 1) * RANGE;

/** Runs a comparison at once. @throws ServiceError where a model cannot be loaded */
export async function completeComparison(
  models: ModelAccess,
  plan: ComparisonPlan,
): Promise<CompareResponse> {
  const run = runComparison(models, plan);
  for (;;) {
    const step = await run.next();
    if (step.done) return step.value;
  }
}

async function answerRange(
  models: ModelAccess,
  plan: ComparisonPlan,
  start: number,
  end: number,
): Promise<ModelOutcomes[]> {
  const outcomes: ModelOutcomes[] = [];
  for (const model of plan.models) {
    const byObjects: ModelOutcomes['byObjects'][number][] = [];
    for (const spec of plan.specs) {
      const correct = await answerCell(models, plan, { model, spec, start, end });
      byObjects.push({ objects: spec.objects, correct });
    }
    outcomes.push({ model: model.reference, byObjects });
  }
  return outcomes;
}

/** Queries of one range with one number of objects, for one model. */
interface Cell {
  readonly model: SelectedModel;
  readonly spec: QuerySpec;
  readonly start: number;
  readonly end: number;
}

/** Whether one model answers each query of a range correctly. */
export async function answerCell(
  models: ModelAccess,
  { request: { seed, questionsPerScene } }: Pick<ComparisonPlan, 'request'>,
  { model, spec, start, end }: Cell,
): Promise<boolean[]> {
  const runner = await models.runner(model.card);
  const indices = listQueryIndices(spec.objects, end - start, questionsPerScene, start);
  const answers = await answerQueries(runner, spec, seed, indices);
  return answers.map(({ correct }) => correct);
}

/** The position of the object that each query asks about. */
function positionsAsked(
  spec: QuerySpec,
  { seed, queries, questionsPerScene, start }: CompareRequest,
  list: PositionList,
): number[] {
  const indices = listQueryIndices(spec.objects, queries, questionsPerScene, start);
  let scene = { index: -1, ...generateScene(spec, seed, 0) };
  return indices.map(({ index, question }) => {
    if (scene.index !== index) scene = { index, ...generateScene(spec, seed, index) };
    return askedPosition(scene, question, list);
  });
}

function withPositions(
  { request, specs }: ComparisonPlan,
  list: PositionList,
  outcomes: readonly ModelOutcomes[],
  { models, ...result }: PairedComparison,
): PairedComparison {
  const positions = specs.map((spec) => positionsAsked(spec, request, list));
  return {
    ...result,
    models: zip(models, outcomes).map(([model, { byObjects }]) => ({
      ...model,
      byPosition: zip(byObjects, positions).flatMap(([{ objects, correct }, asked]) =>
        accuracyByPosition(asked, correct).map((entry) => ({ objects, ...entry })),
      ),
    })),
  };
}

/** @param outcomes of all models and queries of the plan */
export function resultOf(
  plan: ComparisonPlan,
  outcomes: readonly ModelOutcomes[],
): CompareResponse {
  const { request, models, vocabulary } = plan;
  const { split, modality, order, question, objects, maxPositionGaps, grid } = request;
  const { seed, start, queries: count, questionsPerScene } = request;
  const kind = { split, modality, order, question, objects, vocabulary, maxPositionGaps, grid };
  const compared = compareOutcomes(outcomes);
  const { byPosition } = request;
  return {
    queries: { ...kind, seed, start, count, questionsPerScene },
    digests: Object.fromEntries(
      models.map(({ reference, card }) => [reference, card.files.model.sha256]),
    ),
    ...(byPosition ? withPositions(plan, byPosition, outcomes, compared) : compared),
  };
}

/** Everything the result depends on, except the code: the input of an entity tag. */
export function comparisonInputs({
  request,
  models,
  specs,
}: ComparisonPlan): Record<string, unknown> {
  const { seed, start, queries, questionsPerScene, byPosition } = request;
  const files = models.map(({ reference, card }) => [
    reference,
    card.files.model.sha256,
    card.files.encoder?.sha256,
    card.modalities,
  ]);
  return { models: files, specs, seed, start, queries, questionsPerScene, byPosition };
}
