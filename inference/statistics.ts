/**
 * The statistics that every comparison needs. Each is a few lines; the libraries at hand either
 * round small p-values to zero or bring two hundred packages.
 */

/** 97.5 % quantile of the standard normal distribution. */
const Z = 1.959963984540054;

export interface Proportion {
  readonly right: number;
  readonly count: number;
  readonly accuracy: number;
  /** 95 % Wilson score interval (Wilson 1927). */
  readonly interval: [number, number];
}

/** A share of right answers with its interval; of no answers nothing is known: 0 to 1. */
export function proportion(right: number, count: number): Proportion {
  if (count === 0) return { right, count, accuracy: 0, interval: [0, 1] };
  const accuracy = right / count;
  const spread = Z ** 2 / count;
  const centre = (accuracy + spread / 2) / (1 + spread);
  const margin =
    (Z / (1 + spread)) * Math.sqrt((accuracy * (1 - accuracy)) / count + spread / (4 * count));
  // At the ends rounding would leave 1e-17 where the formula says 0 or 1.
  const low = right === 0 ? 0 : Math.max(0, centre - margin);
  const high = right === count ? 1 : Math.min(1, centre + margin);
  return { right, count, accuracy, interval: [low, high] };
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
 * query that only one of them gets right is a fair coin.
 *
 * @param onlyA, onlyB queries that only the one or only the other got right
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
