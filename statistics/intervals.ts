/** 97.5 % quantile of the standard normal distribution. */
const Z = 1.959963984540054;

export interface Proportion {
  readonly correct: number;
  readonly count: number;
  readonly accuracy: number;
  /** 95 % Wilson score interval. */
  readonly interval: [number, number];
}

/**
 * A share of correct answers with its 95 % Wilson score interval; the interval is 0 to 1 where there are
 * no answers.
 *
 * Source: Wilson (1927), "Probable inference, the law of succession, and statistical inference",
 * JASA 22, without a continuity correction.
 */
export function proportion(correct: number, count: number): Proportion {
  if (count === 0) return { correct, count, accuracy: 0, interval: [0, 1] };
  const accuracy = correct / count;
  const spread = Z ** 2 / count;
  const centre = (accuracy + spread / 2) / (1 + spread);
  const margin =
    (Z / (1 + spread)) * Math.sqrt((accuracy * (1 - accuracy)) / count + spread / (4 * count));
  // At the ends, rounding would leave 1e-17 where the formula gives 0 or 1.
  const low = correct === 0 ? 0 : Math.max(0, centre - margin);
  const high = correct === count ? 1 : Math.min(1, centre + margin);
  return { correct, count, accuracy, interval: [low, high] };
}

/** The share of `true` in a list of answers. */
export const accuracyOf = (correct: readonly boolean[]): Proportion =>
  proportion(correct.filter(Boolean).length, correct.length);

export interface Mean {
  readonly mean: number;
  /** 95 % interval of the mean. */
  readonly interval: [number, number];
}

/** The mean of shares: its interval stays within 0 and 1. */
export function withinShares({ mean, interval: [low, high] }: Mean): Mean {
  return { mean, interval: [Math.max(0, low), Math.min(1, high)] };
}

/**
 * The mean of independent values with its 95 % normal interval (mean +- 1.96 standard errors); for samples of
 * some dozens and more. Of one value or none, the interval has no width.
 */
export function meanOf(values: readonly number[]): Mean {
  const count = values.length;
  if (count === 0) return { mean: 0, interval: [0, 0] };
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const margin = count > 1 ? Z * Math.sqrt(squares / (count - 1) / count) : 0;
  return { mean, interval: [mean - margin, mean + margin] };
}
