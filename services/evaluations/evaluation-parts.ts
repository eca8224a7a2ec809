import { EVALUATION_LIMITS } from '../../contract/evaluations.ts';
import { elementAt } from '../../task/element-at.ts';
import type { ModelOutcomes } from '../../statistics/paired-comparison.ts';
import type { QuerySpec } from '../../task/spec.ts';
import { RANGE, type ComparisonPlan } from '../comparison.ts';
import { queriesWork, WORK_LIMIT } from '../cost-limit.ts';
import type { SelectedModel } from '../selected-models.ts';
import type { PartOutcomes } from './evaluation-store.ts';
import { ServiceError } from '../service-error.ts';

/** Queries with one number of objects for one model, few enough for one request. */
export interface EvaluationPart {
  readonly model: SelectedModel;
  readonly spec: QuerySpec;
  readonly start: number;
  readonly end: number;
}

/** Most ranges of a part, so that progress shows and a lost part costs little. */
const MOST_RANGES = 100;

/**
 * Splits an evaluation. Parts end where ranges of a comparison end, so that the same batches run.
 *
 * @throws ServiceError where there would be too many outcomes or parts, or one range is too much work
 */
export function partsOf(plan: ComparisonPlan): EvaluationPart[] {
  const { models, specs, scenes, request } = plan;
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
    for (const [index, spec] of specs.entries()) {
      const ranges = Math.floor(
        WORK_LIMIT / queriesWork(model.card, elementAt(scenes, index), RANGE),
      );
      if (ranges === 0) {
        const detail = `${RANGE} queries with ${spec.objects} objects are too much work for one step with model "${model.reference}": use fewer objects`;
        throw new ServiceError('too-much-work', detail);
      }
      const size = Math.min(ranges, MOST_RANGES) * RANGE;
      for (let start = request.start; start < last;) {
        const end = Math.min(last, Math.floor(start / RANGE) * RANGE + size);
        parts.push({ model, spec, start, end });
        start = end;
      }
    }
  }
  if (parts.length > EVALUATION_LIMITS.parts)
    throw tooMuch(`${parts.length} steps`, EVALUATION_LIMITS.parts);
  return parts;
}

const tooMuch = (needed: string, most: number) =>
  new ServiceError(
    'too-much-work',
    `this evaluation needs ${needed}; the limit is ${most}: use fewer models, objects or queries`,
  );

/** The outcomes of all parts, in the form of a comparison. */
export function joinParts(parts: readonly PartOutcomes[]): ModelOutcomes[] {
  const names = [...new Set(parts.map(({ model }) => model))];
  return names.map((model) => {
    const own = parts.filter((part) => part.model === model);
    const counts = [...new Set(own.map(({ objects }) => objects))];
    const byObjects = counts.map((objects) => ({
      objects,
      correct: own.filter((part) => part.objects === objects).flatMap(({ correct }) => correct),
    }));
    return { model, byObjects };
  });
}
