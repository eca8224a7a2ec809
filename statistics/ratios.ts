import { proportion } from './intervals.ts';

/** The ratio of two counts. */
export interface CountRatio {
  readonly ratio: number;
  /** 95 % interval; the upper end is null where there is no bound. */
  readonly interval: [number, number | null];
}

/**
 * The ratio of the counts of two outcomes that exclude each other.
 *
 * Interval: given their sum, the first count is binomial with the share ratio / (1 + ratio) (Przyborowski
 * and Wilenski 1940); the Wilson interval of that share, as odds, is the interval of the ratio (Price and
 * Bonett 2000, for rates).
 *
 * Zero denominator: the estimate adds 1/2 to both counts (Haldane 1955, Anscombe 1956), so it is finite
 * and positive; the interval is computed from the counts themselves and then has no upper end.
 */
export function countRatio(numerator: number, denominator: number): CountRatio {
  const [low, high] = proportion(numerator, numerator + denominator).interval;
  return {
    ratio: (numerator + 0.5) / (denominator + 0.5),
    interval: [low / (1 - low), denominator === 0 ? null : high / (1 - high)],
  };
}
