/**
 * The statistics that every comparison needs. Each is a few lines; the libraries at hand either
 * round small p-values to zero or bring two hundred packages.
 */

/** 97.5 % quantile of the standard normal distribution. */
const Z = 1.959963984540054;

export interface Proportion {
  readonly correct: number;
  readonly count: number;
  readonly accuracy: number;
  /** 95 % Wilson score interval (Wilson 1927). */
  readonly interval: [number, number];
}

/** A share of correct answers with its interval; of no answers nothing is known: 0 to 1. */
export function proportion(correct: number, count: number): Proportion {
  if (count === 0) return { correct, count, accuracy: 0, interval: [0, 1] };
  const accuracy = correct / count;
  const spread = Z ** 2 / count;
  const centre = (accuracy + spread / 2) / (1 + spread);
  const margin =
    (Z / (1 + spread)) * Math.sqrt((accuracy * (1 - accuracy)) / count + spread / (4 * count));
  // At the ends rounding would leave 1e-17 where the formula says 0 or 1.
  const low = correct === 0 ? 0 : Math.max(0, centre - margin);
  const high = correct === count ? 1 : Math.min(1, centre + margin);
  return { correct, count, accuracy, interval: [low, high] };
}

/** How often one thing came for each time that another did. */
export interface CountRatio {
  readonly ratio: number;
  /** 95 % interval; its upper end is null where nothing bounds it. */
  readonly interval: [number, number | null];
}

/**
 * The ratio of two counts of outcomes that exclude each other. Of both together, the first is
 * binomial with a share that is the ratio over one plus the ratio (conditioning on the sum:
 * Przyborowski and Wilenski 1940), so the Wilson interval of that share, turned into odds, holds the
 * ratio (as Price and Bonett 2000 do for rates).
 *
 * A zero denominator: 1/2 is added to both counts (Haldane 1955, Anscombe 1956), so that the ratio is
 * finite and positive; the interval, which needs no such help, then has no upper end.
 */
export function countRatio(numerator: number, denominator: number): CountRatio {
  const [low, high] = proportion(numerator, numerator + denominator).interval;
  return {
    ratio: (numerator + 0.5) / (denominator + 0.5),
    interval: [low / (1 - low), denominator === 0 ? null : high / (1 - high)],
  };
}

/**
 * Exact two-sided McNemar test of two models on the same queries: under the null hypothesis each
 * query that only one of them gets correct is a fair coin.
 *
 * @param onlyA, onlyB queries that only the one or only the other got correct
 * @returns the p-value
 */
export function mcNemarExact(onlyA: number, onlyB: number): number {
  const flips = onlyA + onlyB;
  const fewer = Math.min(onlyA, onlyB);
  // log of C(flips, k) / 2^flips, walked up from k = 0, so that thousands of flips do not underflow.
  let logTerm = -flips * Math.LN2;
  let tail = 0;
  for (let k = 0; k <= fewer; k++) {
    tail += Math.exp(logTerm);
    logTerm += Math.log((flips - k) / (k + 1));
  }
  return Math.min(1, 2 * tail);
}

/**
 * Fisher's exact two-sided test of two shares: how often tables with these margins are as unlikely
 * as this one, or more so. Of the same items counted twice, which only errs on the safe side.
 *
 * @returns the p-value; 1 where either share is of nothing
 */
export function fisherExact(a: Counted, b: Counted): number {
  const correct = a.correct + b.correct;
  const count = a.count + b.count;
  const logChoose = (n: number, k: number) =>
    logFactorial(n) - logFactorial(k) - logFactorial(n - k);
  const logOf = (inA: number) =>
    logChoose(correct, inA) + logChoose(count - correct, a.count - inA) - logChoose(count, a.count);
  // Tables that are equally likely differ by rounding.
  const most = logOf(a.correct) + 1e-9;
  let total = 0;
  const last = Math.min(correct, a.count);
  for (let inA = Math.max(0, correct - b.count); inA <= last; inA++) {
    if (logOf(inA) <= most) total += Math.exp(logOf(inA));
  }
  return Math.min(1, total);
}

type Counted = Pick<Proportion, 'correct' | 'count'>;

function logFactorial(n: number): number {
  let sum = 0;
  for (let factor = 2; factor <= n; factor++) sum += Math.log(factor);
  return sum;
}

/**
 * Holm's correction (1979) of many tests, however they depend on each other: to call all those
 * significant whose adjusted p-value is at most alpha errs at all with probability alpha at most.
 *
 * @returns the adjusted p-values, in the order given
 */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((_, place) => place).sort((a, b) => pValues[a] - pValues[b]);
  const adjusted = new Array<number>(pValues.length).fill(1);
  let least = 0;
  order.forEach((place, rank) => {
    least = Math.max(least, Math.min(1, (pValues.length - rank) * pValues[place]));
    adjusted[place] = least;
  });
  return adjusted;
}
