import { elementAt } from '../task/element-at.ts';
import { binomialProbabilities } from './binomial.ts';
import { mcNemarExact } from './exact-tests.ts';

/**
 * How small a loss of accuracy a paired comparison detects. A comparison fails where McNemar's exact p-value is at
 * most `threshold` and the loss seen is at least `minimumEffect`.
 *
 * The model of a loss: the answers before are known. Of `count` queries, an expected share `flipRate + loss` was
 * correct and is lost, each correct one with the same chance; an expected share `flipRate` was wrong and is now
 * correct. So both numbers are binomial and independent, and the power is a finite sum without approximation.
 */

/** The power at which a loss counts as detectable. */
export const POWER = 0.8;

/** Losses are found in steps of this share. */
const STEP = 1e-4;

export interface FailureRule {
  /** Largest p-value that fails. */
  readonly threshold: number;
  /** Smallest loss that fails, as a share of the queries. */
  readonly minimumEffect: number;
}

/** What is known of a comparison before its second answers. */
export interface KnownAnswers {
  /** Correct answers before. */
  readonly correct: number;
  readonly count: number;
  /** Expected share of the queries that change from wrong to correct while others are lost. */
  readonly flipRate: number;
}

/** Whether a comparison fails. @param lost, fixed queries that are no longer, and that are newly correct */
const fails = (lost: number, fixed: number, count: number, rule: FailureRule): boolean =>
  lost > fixed &&
  (lost - fixed) / count >= rule.minimumEffect &&
  mcNemarExact(lost, fixed) <= rule.threshold;

/** Whether the loss of every correct answer would fail: otherwise no outcome can. */
export const canFail = (
  { correct, count }: Pick<KnownAnswers, 'correct' | 'count'>,
  rule: FailureRule,
): boolean => fails(correct, 0, count, rule);

/** The flip rate, at most the share of wrong answers: no others can become correct. */
const feasibleFlipRate = ({ correct, count, flipRate }: KnownAnswers): number =>
  Math.min(flipRate, (count - correct) / count);

/**
 * The probability that a comparison fails where a model lost a share of its accuracy.
 *
 * @param loss expected loss, as a share of the queries; at most the accuracy less the flip rate
 */
export function detectionPower(known: KnownAnswers, loss: number, rule: FailureRule): number {
  return powerFunction(known, rule)(loss);
}

function powerFunction(known: KnownAnswers, rule: FailureRule): (loss: number) => number {
  const { correct, count } = known;
  const flipRate = feasibleFlipRate(known);
  const wrong = count - correct;
  const fixed = binomialProbabilities(wrong, wrong > 0 ? (flipRate * count) / wrong : 0);
  // The fewest lost answers that fail beside each number of fixed ones; it never falls as that number grows.
  const cases: { probability: number; fewest: number }[] = [];
  let fewest = 0;
  for (const [k, probability] of fixed.entries()) {
    if (probability < 1e-15) continue;
    fewest = Math.max(fewest, k + 1);
    while (fewest <= correct && !fails(fewest, k, count, rule)) fewest++;
    cases.push({ probability, fewest });
  }
  return (loss) => {
    const share = correct > 0 ? Math.min(1, ((flipRate + loss) * count) / correct) : 0;
    // The probability of at least so many lost answers.
    const tail = binomialProbabilities(correct, share);
    for (let k = correct - 1; k >= 0; k--) tail[k] = elementAt(tail, k) + elementAt(tail, k + 1);
    return cases.reduce(
      (sum, { probability, fewest: least }) => sum + probability * (tail[least] ?? 0),
      0,
    );
  };
}

/**
 * The smallest loss of accuracy that a comparison detects with a power of `POWER`, in steps of 0.01 %.
 *
 * @returns null where it does not detect any loss so often
 */
export function minimumDetectableLoss(known: KnownAnswers, rule: FailureRule): number | null {
  if (!canFail(known, rule)) return null;
  const power = powerFunction(known, rule);
  const largest = known.correct / known.count - feasibleFlipRate(known);
  // The power grows with the loss.
  let [below, above] = [0, Math.floor(largest / STEP + 1e-6)];
  if (power(above * STEP) < POWER) return null;
  while (above - below > 1) {
    const middle = (above + below) >> 1;
    if (power(middle * STEP) >= POWER) above = middle;
    else below = middle;
  }
  return Math.round(above) / Math.round(1 / STEP);
}

/**
 * A number of queries with which a loss is detectable, at the same accuracy and flip rate: no smaller one was found
 * by bisection.
 *
 * @param most largest number of queries that is possible
 * @returns null where not even `most` are enough
 */
export function queriesToDetect(
  known: KnownAnswers,
  loss: number,
  rule: FailureRule,
  most: number,
): number | null {
  const enough = (count: number) => {
    const correct = Math.round((known.correct / known.count) * count);
    return detectionPower({ ...known, correct, count }, loss, rule) >= POWER;
  };
  let [below, above] = [0, known.count];
  while (!enough(above)) {
    if (above >= most) return null;
    below = above;
    above = Math.min(most, 2 * above);
  }
  while (above - below > 1) {
    const middle = (above + below) >> 1;
    if (enough(middle)) above = middle;
    else below = middle;
  }
  return above;
}
