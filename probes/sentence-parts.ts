import type { AblationEffect } from '../contract/knockout-section.ts';
import { formatSignificant, formatWholePercent } from '../statistics/format.ts';
import type { Proportion } from '../statistics/intervals.ts';
import type { CountRatio } from '../statistics/ratios.ts';
import { describeCondition, type Condition } from '../task/conditions.ts';

/** Parts of the sentences about the results of the probes. */

/** The beginning of a sentence. */
export const onCondition = (condition: Condition) => `On ${describeCondition(condition)}`;

export const layerRange = (first: number, last: number) =>
  first === last ? `layer ${first}` : `layers ${first} to ${last}`;

export const headName = ({ layer, head }: { layer: number; head: number }) =>
  `head ${layer}.${head}`;

export const accuracyChange = (baseline: Proportion, { accuracy }: AblationEffect) =>
  `${formatWholePercent(baseline.accuracy)} to ${formatWholePercent(accuracy.accuracy)}`;

export function withInterval({ accuracy, interval: [low, high] }: Proportion): string {
  return `${formatWholePercent(accuracy)} (95 % interval ${formatWholePercent(low)} to ${formatWholePercent(high)})`;
}

export function describeRatio({ ratio, interval: [low, high] }: CountRatio): string {
  const range =
    high === null ? `${twoDigits(low)} or more` : `${twoDigits(low)} to ${twoDigits(high)}`;
  return `${twoDigits(ratio)} symbolic outcomes per positional outcome (95 % interval ${range})`;
}

/** Two significant digits, without an exponent. */
const twoDigits = (value: number) => formatSignificant(value, 2);

/** The candidate with the highest score, the first on a tie; undefined of none. */
export function maxBy<T>(candidates: readonly T[], score: (candidate: T) => number): T | undefined {
  return candidates.reduce<T | undefined>(
    (best, candidate) => (best === undefined || score(candidate) > score(best) ? candidate : best),
    undefined,
  );
}
