import { EVALUATION_LIMITS, type EvaluationRequest } from '../../contract/evaluations.ts';
import type { CompareResponse } from '../../contract/comparisons.ts';
import type { Sweep } from '../../contract/interventions.ts';
import type { KnockoutResponse } from '../../contract/knockouts.ts';
import { modelFacts } from '../../contract/model-facts.ts';
import { MIN_PAIR_OBJECTS } from '../../contract/pair-objects.ts';
import { addTallies } from '../../probes/interchange-summary.ts';
import type { ModelOutcomes } from '../../statistics/paired-comparison.ts';
import type { QuerySpec } from '../../task/spec.ts';
import {
  comparisonInputs,
  planSelected,
  RANGE,
  resultOf,
  type ComparisonPlan,
} from '../comparison.ts';
import { queriesWork, WORK_LIMIT, type SceneCost } from '../cost-limit.ts';
import { knockoutResult, planKnockout, type KnockoutPlan } from '../knockout.ts';
import { planSweep, sweepResult, type SweepPlan } from '../layer-sweep.ts';
import type { SelectedModel } from '../selected-models.ts';
import { ServiceError } from '../service-error.ts';
import { zip } from '../zip.ts';
import type { PartOutcomes } from './evaluation-rows.ts';

/** A valid evaluation: the models can read everything that it asks. */
export interface EvaluationPlan {
  readonly comparison: ComparisonPlan;
  readonly sweeps: readonly PlannedSweep[];
  /** Pairs of each sweep. */
  readonly pairs: number;
  readonly knockouts: readonly PlannedKnockout[];
  /** Queries of each knockout. */
  readonly knockoutQueries: number;
}

interface PlannedSweep extends SweepPlan {
  readonly reference: string;
}

interface PlannedKnockout extends KnockoutPlan {
  readonly reference: string;
  /** Of the cut, in the request. */
  readonly index: number;
}

/** Queries with one number of objects for one model, few enough for one request; pairs of a sweep; or a knockout's queries. */
export type EvaluationPart = { readonly start: number; readonly end: number } & (
  | { readonly kind: 'queries'; readonly model: SelectedModel; readonly spec: QuerySpec }
  | { readonly kind: 'pairs'; readonly sweep: PlannedSweep }
  | { readonly kind: 'knockout'; readonly knockout: PlannedKnockout }
);

/** What an evaluation found. */
export interface EvaluationOutcome {
  readonly result: CompareResponse;
  readonly sweeps: Sweep[];
  readonly knockouts: KnockoutResponse[];
}

/** Most ranges of a part, so that progress shows and a lost part costs little. */
const MOST_RANGES = 100;

/** Most pairs of a part, for the same reason: about the work of as many ranges. */
const MOST_PAIRS = 64;
const MOST_KNOCKOUT_QUERIES = 256;

/** @throws as `planSelected`, `planSweep` and `planKnockout` do */
export function planEvaluation(
  selected: readonly SelectedModel[],
  request: EvaluationRequest,
): EvaluationPlan {
  const comparison = planSelected(selected, request);
  const { sweepPairs: pairs = 0, knockouts: asked, seed, modality, order } = request;
  const scenes = request.objects.map((objects) => ({ objects, seed, modality, order }));
  const ofPairs = pairs > 0 ? scenes.filter(({ objects }) => objects >= MIN_PAIR_OBJECTS) : [];
  const sweeps = selected.flatMap(({ reference, card }) =>
    ofPairs.map((scene) => ({ reference, ...planSweep(card, scene) })),
  );
  const knockouts = selected.flatMap(({ reference, card }) =>
    scenes.flatMap((scene) =>
      (asked?.cuts ?? []).map((cut, index) => {
        const at = `body.knockouts.cuts.${index}`;
        return { reference, index, ...planKnockout(card, { ...scene, ...cut }, at) };
      }),
    ),
  );
  return { comparison, sweeps, pairs, knockouts, knockoutQueries: asked?.queries ?? 0 };
}

/** Everything that the result depends on, except the code. */
export const evaluationInputs = (plan: EvaluationPlan) => ({
  ...comparisonInputs(plan.comparison),
  ...(plan.sweeps.length > 0 && { sweepPairs: plan.pairs }),
  ...(plan.knockouts.length > 0 && {
    knockouts: { queries: plan.knockoutQueries, cuts: plan.knockouts.map(({ cut }) => cut) },
  }),
});

/**
 * Splits an evaluation. Parts end where ranges of a comparison and runs of a sweep end, so that the same batches run.
 *
 * @throws ServiceError where there would be too many outcomes or parts, or one step would be too much work
 */
export function partsOf(plan: EvaluationPlan): EvaluationPart[] {
  const bytes =
    sum(plan.sweeps.map(({ card }) => sweepBytes(modelFacts(card).layers + 1))) +
    plan.knockouts.length * KNOCKOUT_BYTES;
  if (bytes > EVALUATION_LIMITS.probeBytes) {
    const kilobytes = Math.ceil(bytes / 1000);
    throw tooMuch(`${kilobytes} kB for sweeps and knockouts`, EVALUATION_LIMITS.probeBytes / 1000);
  }
  const parts = [
    ...partsOfComparison(plan.comparison),
    ...plan.sweeps.flatMap((sweep) => {
      const size = sizeOfPart(sweep, MOST_PAIRS, sweep.workOfPair, '1 pair');
      return ranges(plan.pairs, size).map((range) => ({ kind: 'pairs', sweep, ...range }) as const);
    }),
    ...plan.knockouts.flatMap((knockout) => {
      const size = sizeOfPart(knockout, MOST_KNOCKOUT_QUERIES, knockout.workOfQuery, '1 query');
      return ranges(plan.knockoutQueries, size).map(
        (range) => ({ kind: 'knockout', knockout, ...range }) as const,
      );
    }),
  ];
  if (parts.length > EVALUATION_LIMITS.parts)
    throw tooMuch(`${parts.length} steps`, EVALUATION_LIMITS.parts);
  return parts;
}

/** Room for a sweep as JSON. @param layers at which it patches */
export const sweepBytes = (layers: number): number => 1400 + 1960 * layers;
/** Room for a knockout as JSON. */
export const KNOCKOUT_BYTES = 1200;

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

const ranges = (count: number, size: number) =>
  Array.from({ length: Math.ceil(count / size) }, (_, part) => ({
    start: part * size,
    end: Math.min(count, (part + 1) * size),
  }));

function partsOfComparison(comparison: ComparisonPlan): EvaluationPart[] {
  const { models, specs, scenes, request } = comparison;
  const outcomes = models.length * specs.length * request.queries;
  if (outcomes > EVALUATION_LIMITS.outcomes) {
    throw tooMuch(
      `${outcomes} outcomes (models, numbers of objects and queries multiplied)`,
      EVALUATION_LIMITS.outcomes,
    );
  }
  const last = request.start + request.queries;
  const parts: EvaluationPart[] = [];
  for (const model of models) {
    for (const [spec, scene] of zip(specs, scenes)) {
      const size = queriesOfPart(model, spec, scene);
      for (let start = request.start; start < last;) {
        const end = Math.min(last, Math.floor(start / RANGE) * RANGE + size);
        parts.push({ kind: 'queries', model, spec, start, end });
        start = end;
      }
    }
  }
  return parts;
}

function queriesOfPart({ reference, card }: SelectedModel, spec: QuerySpec, scene: SceneCost) {
  const ranges = Math.floor(WORK_LIMIT / queriesWork(card, scene, RANGE));
  if (ranges > 0) return Math.min(ranges, MOST_RANGES) * RANGE;
  throw tooMuchForStep(`${RANGE} queries`, spec.objects, reference);
}

/** Whole runs, where a part has room for one. @param work multiply-adds of one pair or query */
function sizeOfPart(
  { reference, spec, batch }: PlannedSweep | PlannedKnockout,
  limit: number,
  work: number,
  one: string,
): number {
  const most = Math.min(limit, Math.floor(WORK_LIMIT / work));
  if (most > 0) return most < batch ? most : Math.floor(most / batch) * batch;
  throw tooMuchForStep(one, spec.objects, reference);
}

const tooMuchForStep = (what: string, objects: number, reference: string) =>
  new ServiceError(
    'too-much-work',
    `${what} with ${objects} objects are too much work for one step with model "${reference}": use fewer objects`,
  );

const tooMuch = (needed: string, most: number) =>
  new ServiceError(
    'too-much-work',
    `this evaluation needs ${needed}; the limit is ${most}: use fewer models, objects or queries`,
  );

/**
 * Puts parts together that follow one another in one comparison, sweep or knockout, so that few are in memory.
 *
 * @returns the number of parts, and what they are together
 */
export async function mergeParts(
  parts: AsyncIterable<PartOutcomes>,
): Promise<{ readonly count: number; readonly parts: readonly PartOutcomes[] }> {
  const merged: PartOutcomes[] = [];
  let count = 0;
  for await (const part of parts) {
    count++;
    const last = merged.at(-1);
    const both =
      last?.model === part.model && last.objects === part.objects && together(last, part);
    if (both) merged.splice(-1, 1, both);
    else merged.push(part);
  }
  return { count, parts: merged };
}

/** @returns undefined for parts of two kinds, or of two cuts */
function together(a: PartOutcomes, b: PartOutcomes): PartOutcomes | undefined {
  if (a.kind === 'queries' && b.kind === 'queries')
    return { ...a, correct: [...a.correct, ...b.correct] };
  if (a.kind === 'pairs' && b.kind === 'pairs')
    return { ...a, tally: addTallies(a.tally, b.tally) };
  if (a.kind === 'knockout' && b.kind === 'knockout' && a.cut === b.cut) {
    const baseline = [...a.outcomes.baseline, ...b.outcomes.baseline];
    return { ...a, outcomes: { baseline, cut: [...a.outcomes.cut, ...b.outcomes.cut] } };
  }
  return undefined;
}

/** The outcomes of a comparison, in its form. @param parts merged */
export function joinParts(parts: readonly PartOutcomes[]): ModelOutcomes[] {
  const answered = parts.filter((part) => part.kind === 'queries');
  return [...new Set(answered.map(({ model }) => model))].map((model) => ({
    model,
    byObjects: answered
      .filter((part) => part.model === model)
      .map(({ objects, correct }) => ({ objects, correct })),
  }));
}

/** What an evaluation found. @param parts all of them, merged */
export function outcomeOf(plan: EvaluationPlan, parts: readonly PartOutcomes[]): EvaluationOutcome {
  return {
    result: resultOf(plan.comparison, joinParts(parts)),
    sweeps: joinSweeps(plan, parts),
    knockouts: joinKnockouts(plan, parts),
  };
}

function joinSweeps({ sweeps }: EvaluationPlan, parts: readonly PartOutcomes[]): Sweep[] {
  const counted = parts.filter((part) => part.kind === 'pairs');
  return sweeps.flatMap((sweep) => {
    const { reference, spec } = sweep;
    return counted
      .filter(({ model, objects }) => model === reference && objects === spec.objects)
      .map(({ tally }) => sweepResult(reference, sweep, tally));
  });
}

function joinKnockouts(
  { knockouts }: EvaluationPlan,
  parts: readonly PartOutcomes[],
): KnockoutResponse[] {
  const answered = parts.filter((part) => part.kind === 'knockout');
  return knockouts.flatMap((knockout) => {
    const { reference, spec, index } = knockout;
    return answered
      .filter(({ model, objects }) => model === reference && objects === spec.objects)
      .filter(({ cut }) => cut === index)
      .map(({ outcomes }) => knockoutResult(reference, knockout, outcomes));
  });
}
