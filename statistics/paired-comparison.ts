import type { Comparison, Paired } from '../contract/api.ts';
import { LIMITS } from '../task/spec.ts';
import { mcNemarExact, proportion } from './proportions.ts';

/** Right or wrong, query by query, for one number of objects. */
export interface OutcomesAt {
  readonly objects: number;
  readonly correct: readonly boolean[];
}

export interface ModelOutcomes {
  readonly model: string;
  readonly byObjects: readonly OutcomesAt[];
}

/**
 * What the outcomes of several models say of each and of each pair.
 *
 * @param outcomes every model has answered the same queries, in the same order
 */
export function compareOutcomes(outcomes: readonly ModelOutcomes[]): Comparison {
  return {
    models: outcomes.map(({ model, byObjects }) => ({
      model,
      byObjects: byObjects.map(({ objects, correct }) => ({ objects, ...share(correct) })),
      id: whereAny(inDistribution(byObjects), share),
      ood: whereAny(outOfDistribution(byObjects), share),
    })),
    pairs: outcomes.flatMap((a, place) =>
      outcomes.slice(place + 1).map((b) => ({
        a: a.model,
        b: b.model,
        byObjects: a.byObjects.map(({ objects, correct }, at) => ({
          objects,
          ...paired(correct, b.byObjects[at].correct),
        })),
        id: whereAny(inDistribution(a.byObjects), (right) =>
          paired(right, inDistribution(b.byObjects)),
        ),
        ood: whereAny(outOfDistribution(a.byObjects), (right) =>
          paired(right, outOfDistribution(b.byObjects)),
        ),
      })),
    ),
  };
}

const share = (right: readonly boolean[]) => proportion(right.filter(Boolean).length, right.length);

/**
 * Two models query by query.
 *
 * @throws RangeError where they have not answered as many
 */
export function paired(a: readonly boolean[], b: readonly boolean[]): Paired {
  if (a.length !== b.length) {
    throw new RangeError(`${a.length} answers cannot be paired with ${b.length}`);
  }
  const count = a.length;
  const both = a.filter((right, query) => right && b[query]).length;
  const onlyA = a.filter((right, query) => right && !b[query]).length;
  const onlyB = b.filter((right, query) => right && !a[query]).length;
  return {
    count,
    both,
    onlyA,
    onlyB,
    neither: count - both - onlyA - onlyB,
    difference: (onlyA - onlyB) / count,
    pValue: mcNemarExact(onlyA, onlyB),
  };
}

// Each number of objects has as many queries, so pooling them is the mean over numbers of objects.

const inDistribution = (byObjects: readonly OutcomesAt[]) =>
  byObjects
    .filter(({ objects }) => objects <= LIMITS.inDistribution)
    .flatMap(({ correct }) => correct);

const outOfDistribution = (byObjects: readonly OutcomesAt[]) =>
  byObjects
    .filter(({ objects }) => objects > LIMITS.inDistribution)
    .flatMap(({ correct }) => correct);

const whereAny = <T>(right: boolean[], summarise: (right: boolean[]) => T): T | null =>
  right.length > 0 ? summarise(right) : null;
