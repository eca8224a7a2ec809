import { EVALUATION_LIMITS, type EvaluationRequest } from '../../contract/evaluations.ts';
import type { Sweep } from '../../contract/interventions.ts';
import { MIN_PAIR_OBJECTS } from '../../contract/pair-objects.ts';
import { addTallies } from '../../probes/interchange-summary.ts';
import type { ModelOutcomes } from '../../statistics/paired-comparison.ts';
import type { QuerySpec } from '../../task/spec.ts';
import { comparisonInputs, planSelected, RANGE, type ComparisonPlan } from '../comparison.ts';
import { queriesWork, WORK_LIMIT, type SceneCost } from '../cost-limit.ts';
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
}

interface PlannedSweep extends SweepPlan {
  readonly reference: string;
}

/** Queries with one number of objects for one model, few enough for one request; or pairs of a sweep. */
export type EvaluationPart = { readonly start: number; readonly end: number } & (
  | { readonly kind: 'queries'; readonly model: SelectedModel; readonly spec: QuerySpec }
  | { readonly kind: 'pairs'; readonly sweep: PlannedSweep }
);

/** Most ranges of a part, so that progress shows and a lost part costs little. */
const MOST_RANGES = 100;

/** Most pairs of a part, for the same reason: about the work of as many ranges. */
const MOST_PAIRS = 64;

/** @throws as `planSelected` and `planSweep` do */
export function planEvaluation(
  selected: readonly SelectedModel[],
  request: EvaluationRequest,
): EvaluationPlan {
  const comparison = planSelected(selected, request);
  const { sweepPairs: pairs = 0, objects, seed, modality, order } = request;
  if (pairs === 0) return { comparison, sweeps: [], pairs };
  const counts = objects.filter((count) => count >= MIN_PAIR_OBJECTS);
  const sweeps = selected.flatMap(({ reference, card }) =>
    counts.map((count) => ({
      reference,
      ...planSweep(card, { objects: count, seed, modality, order }),
    })),
  );
  return { comparison, sweeps, pairs };
}

/** Everything that the result depends on, except the code. */
export const evaluationInputs = ({ comparison, sweeps, pairs }: EvaluationPlan) => ({
  ...comparisonInputs(comparison),
  ...(sweeps.length > 0 && { sweepPairs: pairs }),
});

/**
 * Splits an evaluation. Parts end where ranges of a comparison and runs of a sweep end, so that the same batches run.
 *
 * @throws ServiceError where there would be too many outcomes or parts, or one step would be too much work
 */
export function partsOf({ comparison, sweeps, pairs }: EvaluationPlan): EvaluationPart[] {
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
  for (const sweep of sweeps) {
    const size = pairsOfPart(sweep);
    for (let start = 0; start < pairs; start += size) {
      parts.push({ kind: 'pairs', sweep, start, end: Math.min(pairs, start + size) });
    }
  }
  if (parts.length > EVALUATION_LIMITS.parts)
    throw tooMuch(`${parts.length} steps`, EVALUATION_LIMITS.parts);
  return parts;
}

function queriesOfPart({ reference, card }: SelectedModel, spec: QuerySpec, scene: SceneCost) {
  const ranges = Math.floor(WORK_LIMIT / queriesWork(card, scene, RANGE));
  if (ranges > 0) return Math.min(ranges, MOST_RANGES) * RANGE;
  throw tooMuchForStep(`${RANGE} queries`, spec.objects, reference);
}

function pairsOfPart({ reference, spec, workOfPair, batch }: PlannedSweep) {
  const most = Math.min(MOST_PAIRS, Math.floor(WORK_LIMIT / workOfPair));
  if (most > 0) return most < batch ? most : Math.floor(most / batch) * batch;
  throw tooMuchForStep('1 pair', spec.objects, reference);
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

/** The outcomes of all parts of a comparison, in its form. */
export function joinParts(parts: readonly PartOutcomes[]): ModelOutcomes[] {
  const names = [...new Set(parts.map(({ model }) => model))];
  return names.map((model) => {
    const own = parts.filter((part) => part.model === model && part.tally === null);
    const counts = [...new Set(own.map(({ objects }) => objects))];
    const byObjects = counts.map((objects) => ({
      objects,
      correct: own.filter((part) => part.objects === objects).flatMap(({ correct }) => correct),
    }));
    return { model, byObjects };
  });
}

/** The sweeps of all parts. */
export function joinSweeps({ sweeps }: EvaluationPlan, parts: readonly PartOutcomes[]): Sweep[] {
  return sweeps.flatMap((sweep) => {
    const { reference, spec } = sweep;
    const tallies = parts
      .filter(({ model, objects }) => model === reference && objects === spec.objects)
      .flatMap(({ tally }) => tally ?? []);
    const [first, ...others] = tallies;
    return first ? [sweepResult(reference, sweep, others.reduce(addTallies, first))] : [];
  });
}
