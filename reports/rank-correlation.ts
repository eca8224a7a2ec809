import { sampleRankCorrelation } from 'simple-statistics';

/** Ratio of symbolic to positional outcomes, and accuracy on text beyond training. */
export interface RatioAndOod {
  readonly ratio: number;
  readonly ood: number;
}

/**
 * Does the ratio predict OOD accuracy? Spearman's rank correlation over all points, and within those above and
 * below a ratio of 1: two clusters alone already make a high correlation.
 *
 * @param noun what a point is, in the plural
 */
export function rankCorrelation(points: readonly RatioAndOod[], noun: string): string {
  const all = correlation(points);
  if (!all) return `Too few ${noun} to say whether the ratio predicts OOD accuracy.`;
  const above = correlation(points.filter(({ ratio }) => ratio > 1));
  const below = correlation(points.filter(({ ratio }) => ratio < 1));
  const parts = [
    { name: `all ${all.count} ${noun}`, found: all },
    { name: 'ratios above 1', found: above },
    { name: 'ratios below 1', found: below },
  ].flatMap(({ name, found }) => (found ? [`${inWords(found)} for ${name}`] : []));
  const positive = (found: Correlation | undefined) => found !== undefined && found.interval[0] > 0;
  const answer = positive(all)
    ? `Over all ${noun} a higher ratio goes with a higher OOD accuracy. Among ${noun} on the same side of 1 ` +
      (positive(above) || positive(below) ? 'it does too.' : 'nothing shows this.')
    : 'Nothing shows that a higher ratio goes with a higher OOD accuracy.';
  return (
    `Rank correlation (Spearman) of the ratio symbolic / positional with OOD accuracy: ${parts.join('; ')}. ` +
    `${answer} The intervals treat the ${noun} as independent; those with a common parent are not.`
  );
}

const inWords = ({ rho, interval: [low, high], count }: Correlation): string =>
  `${rho.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}] (${count})`;

interface Correlation {
  readonly rho: number;
  /** 95 % interval, by Fisher's transformation with the variance of Bonett and Wright (2000). */
  readonly interval: readonly [number, number];
  readonly count: number;
}

/** Undefined where there are too few points, or too few different values. */
function correlation(points: readonly RatioAndOod[]): Correlation | undefined {
  const ratios = points.map(({ ratio }) => ratio);
  const oods = points.map(({ ood }) => ood);
  const count = points.length;
  if (count < 4 || new Set(ratios).size < 3 || new Set(oods).size < 3) return undefined;
  const rho = sampleRankCorrelation(ratios, oods);
  const margin = 1.96 * Math.sqrt((1 + rho ** 2 / 2) / (count - 3));
  const at = (shift: number) => Math.tanh(Math.atanh(rho) + shift);
  return { rho, interval: [at(-margin), at(margin)], count };
}
