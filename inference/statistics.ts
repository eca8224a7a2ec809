/**
 * The two statistics that every comparison needs. Both are a few lines; the libraries at hand either
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
