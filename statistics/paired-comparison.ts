import type { PairedComparison, PairedOutcomes } from '../contract/comparisons.ts';
import { elementAt } from '../task/element-at.ts';
import { LIMITS } from '../task/spec.ts';
import { mcNemarExact } from './exact-tests.ts';
import { accuracyOf } from './intervals.ts';

/** For one number of objects: whether each query was answered correctly. */
export interface CorrectByObjects {
  readonly objects: number;
  readonly correct: readonly boolean[];
}

export interface ModelOutcomes {
  readonly model: string;
  readonly byObjects: readonly CorrectByObjects[];
}

/**
 * Accuracies of several models, and paired tests of each pair of them.
 *
 * @param outcomes of models that answered the same queries, in the same order
 */
export function compareOutcomes(outcomes: readonly ModelOutcomes[]): PairedComparison {
  return {
    models: outcomes.map(({ model, byObjects }) => ({
      model,
      byObjects: byObjects.map(({ objects, correct }) => ({ objects, ...accuracyOf(correct) })),
      id: nullIfEmpty(inDistribution(byObjects), accuracyOf),
      ood: nullIfEmpty(outOfDistribution(byObjects), accuracyOf),
    })),
    pairs: outcomes.flatMap((a, index) =>
      outcomes.slice(index + 1).map((b) => ({
        a: a.model,
        b: b.model,
        byObjects: a.byObjects.map(({ objects, correct }, point) => ({
          objects,
          ...pairOutcomes(correct, elementAt(b.byObjects, point).correct),
        })),
        id: nullIfEmpty(inDistribution(a.byObjects), (correct) =>
          pairOutcomes(correct, inDistribution(b.byObjects)),
        ),
        ood: nullIfEmpty(outOfDistribution(a.byObjects), (correct) =>
          pairOutcomes(correct, outOfDistribution(b.byObjects)),
        ),
      })),
    ),
  };
}

/**
 * Two models compared query by query, with McNemar's exact test.
 *
 * @throws RangeError where the numbers of answers differ
 */
export function pairOutcomes(a: readonly boolean[], b: readonly boolean[]): PairedOutcomes {
  if (a.length !== b.length) {
    throw new RangeError(`${a.length} answers cannot be paired with ${b.length}`);
  }
  const count = a.length;
  const both = a.filter((correct, query) => correct && b[query]).length;
  const onlyA = a.filter((correct, query) => correct && !b[query]).length;
  const onlyB = b.filter((correct, query) => correct && !a[query]).length;
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

// Every number of objects has the same number of queries, so the pooled accuracy is the mean over them.

const inDistribution = (byObjects: readonly CorrectByObjects[]) =>
  byObjects
    .filter(({ objects }) => objects <= LIMITS.inDistribution)
    .flatMap(({ correct }) => correct);

const outOfDistribution = (byObjects: readonly CorrectByObjects[]) =>
  byObjects
    .filter(({ objects }) => objects > LIMITS.inDistribution)
    .flatMap(({ correct }) => correct);

const nullIfEmpty = <T>(correct: boolean[], summarise: (correct: boolean[]) => T): T | null =>
  correct.length > 0 ? summarise(correct) : null;
