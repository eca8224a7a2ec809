import type { Answers } from '../contract/answers.ts';
import { unpackBits } from '../contract/bitset.ts';
import { pairOutcomes, type CorrectByObjects } from '../statistics/paired-comparison.ts';
import { holm } from '../statistics/multiple-comparisons.ts';
import { LIMITS } from '../task/spec.ts';
import { variantOf, type ModelResults } from './model-results.ts';
import { CONTRASTS, type Contrast } from './questions.ts';

/** Two models of one seed on the same OOD queries of ordered text. */
export interface PairedTest {
  readonly before: ModelResults;
  readonly after: ModelResults;
  readonly contrast: Contrast;
  /** Of the model that sees pictures; see `variantOf`. */
  readonly variant: string;
  /** Accuracy of `after` minus that of `before`. */
  readonly gain: number;
  readonly onlyBefore: number;
  readonly onlyAfter: number;
  readonly count: number;
  /** McNemar's exact test, adjusted by Holm over all tests of the report. */
  readonly pValue: number;
}

/** Every contrast, seed by seed and variant by variant. */
export function pairedTests(runs: readonly ModelResults[]): PairedTest[] {
  const tests = CONTRASTS.flatMap((contrast) => {
    const having = (regime: string) => runs.filter(({ card }) => card.recipe.regime === regime);
    return having(contrast.before).flatMap((before) =>
      having(contrast.after)
        .filter((after) => comparable(before, after))
        .flatMap((after) => pairedTest(contrast, before, after)),
    );
  });
  const adjusted = holm(tests.map(({ pValue }) => pValue));
  return tests.map((test, index) => ({ ...test, pValue: adjusted[index] ?? 1 }));
}

/** One test, its p-value not yet adjusted; none where the answers of either are missing. */
function pairedTest(contrast: Contrast, before: ModelResults, after: ModelResults): PairedTest[] {
  if (!before.answers || !after.answers) return [];
  const outcomes = commonOutcomes(before.answers, after.answers).filter(
    ([{ objects }]) => objects > LIMITS.inDistribution,
  );
  if (outcomes.length === 0) return [];
  const { difference, onlyA, onlyB, count, pValue } = pairOutcomes(
    outcomes.flatMap(([{ correct }]) => correct),
    outcomes.flatMap(([, { correct }]) => correct),
  );
  return [
    {
      ...{ contrast, before, after },
      variant: variantOf(seesPictures(after) ? after : before),
      gain: -difference,
      onlyBefore: onlyA,
      onlyAfter: onlyB,
      ...{ count, pValue },
    },
  ];
}

const seesPictures = ({ card }: ModelResults): boolean => card.recipe.encoder !== undefined;

/** One seed and size; encoder and patches count only where both models see pictures. */
function comparable(one: ModelResults, other: ModelResults): boolean {
  const vision = ({ recipe }: ModelResults['card']) => [recipe.encoder?.sha256, recipe.grid].join();
  return (
    one.card.seed === other.card.seed &&
    one.card.recipe.preset === other.card.recipe.preset &&
    (!seesPictures(one) || !seesPictures(other) || vision(one.card) === vision(other.card))
  );
}

/**
 * Answers of two models to ordered text by number of objects, cut to the queries that both were asked: a
 * measurement of more queries begins with those of fewer.
 *
 * @throws Error where their queries are of other splits or seeds
 */
export function commonOutcomes(
  one: Answers,
  other: Answers,
): [CorrectByObjects, CorrectByObjects][] {
  if (one.split !== other.split || one.seed !== other.seed) {
    throw new Error(
      `answers to ${queriesOf(one)} cannot be paired with answers to ${queriesOf(other)}`,
    );
  }
  const ordered = ({ results }: Answers) =>
    results.filter(({ modality, order }) => modality === 'text' && order === 'context');
  return ordered(one).flatMap((mine): [CorrectByObjects, CorrectByObjects][] => {
    const theirs = ordered(other).find(({ objects }) => objects === mine.objects);
    if (!theirs) return [];
    const count = Math.min(mine.count, theirs.count);
    const first = ({ objects, count: all, correct }: typeof mine) => ({
      objects,
      correct: (unpackBits(correct, all) ?? []).slice(0, count),
    });
    return [[first(mine), first(theirs)]];
  });
}

const queriesOf = ({ split, seed }: Answers): string => `${split} queries of seed ${seed}`;
