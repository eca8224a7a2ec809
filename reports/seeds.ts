import tQuantile from '@stdlib/stats-base-dists-t-quantile';
import { mean, sampleStandardDeviation } from 'simple-statistics';
import { formatPercent, formatPercentInterval } from '../statistics/format.ts';
import { REGIME_NAMES } from '../trainer/regimes/index.ts';
import { variantOf, type ModelResults } from './model-results.ts';

/** Models that differ in their seed alone. */
export interface SeedGroup {
  /** Regime and variant: `image-text (paper size)`. */
  readonly name: string;
  readonly regime: string;
  /** See `variantOf`. */
  readonly variant: string;
  /** At least one, by seed. */
  readonly runs: readonly ModelResults[];
}

/** Groups models by regime and variant, in the order of the regimes. */
export function bySeed(runs: readonly ModelResults[]): SeedGroup[] {
  const groups = new Map<string, { regime: string; variant: string; runs: ModelResults[] }>();
  const rank = ({ card }: ModelResults) =>
    (REGIME_NAMES as readonly string[]).indexOf(card.recipe.regime);
  for (const run of [...runs].sort((a, b) => rank(a) - rank(b) || a.card.seed - b.card.seed)) {
    const { regime } = run.card.recipe;
    const variant = variantOf(run);
    const name = `${regime}${variant && ` (${variant})`}`;
    const group = groups.get(name) ?? { regime, variant, runs: [] };
    group.runs.push(run);
    groups.set(name, group);
  }
  return [...groups].map(([name, group]) => ({ name, ...group }));
}

/** A mean over seeds. */
export interface SeedMean {
  readonly mean: number;
  /** 95 % t-interval; one seed has none. */
  readonly interval?: readonly [number, number];
}

/** @param values one for each seed, at least one */
export function seedMean(values: readonly number[]): SeedMean {
  const centre = mean([...values]);
  if (values.length === 1) return { mean: centre };
  const standardError = sampleStandardDeviation([...values]) / Math.sqrt(values.length);
  const margin = tQuantile(0.975, values.length - 1) * standardError;
  return { mean: centre, interval: [centre - margin, centre + margin] };
}

/** A mean share over seeds in percent, with its interval where there are at least two seeds. */
export function overSeeds(shares: readonly number[]): string {
  if (shares.length === 0) return '-';
  const { mean: centre, interval } = seedMean(shares);
  if (!interval) return formatPercent(centre);
  const [low, high] = interval;
  return `${formatPercent(centre)} ${formatPercentInterval([Math.max(0, low), Math.min(1, high)])}`;
}
