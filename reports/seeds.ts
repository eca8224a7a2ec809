import tQuantile from '@stdlib/stats-base-dists-t-quantile';
import { mean, sampleStandardDeviation } from 'simple-statistics';
import { REGIMES } from '../trainer/regimes/index.ts';
import { percent, table } from './markdown.ts';
import { oodOf, resultOf, variantOf, type ModelResults } from './runs.ts';

/** Mean OOD accuracy on the text task (paper, its main table), in percent. */
const PAPER_OOD: Readonly<Record<string, number>> = {
  'text-only': 37.2,
  'noise-text': 57.5,
  'image-text': 69.5,
  'noise-image-text': 83.6,
};

/** Models that differ in their seed alone. */
export interface SeedGroup {
  /** Regime and variant. */
  readonly name: string;
  readonly regime: string;
  /** See `variantOf`. */
  readonly variant: string;
  readonly runs: readonly ModelResults[];
}

/** Groups models by regime and variant, in the order of the regimes. */
export function bySeed(runs: readonly ModelResults[]): SeedGroup[] {
  const groups = new Map<string, ModelResults[]>();
  const place = ({ card }: ModelResults) =>
    (REGIMES as readonly string[]).indexOf(card.recipe.regime);
  for (const run of [...runs].sort((a, b) => place(a) - place(b) || a.card.seed - b.card.seed)) {
    const name = groupName(run);
    groups.set(name, [...(groups.get(name) ?? []), run]);
  }
  return [...groups].map(([name, members]) => ({
    name,
    regime: members[0].card.recipe.regime,
    variant: variantOf(members[0]),
    runs: members,
  }));
}

function groupName(run: ModelResults): string {
  const variant = variantOf(run);
  return `${run.card.recipe.regime}${variant && ` (${variant})`}`;
}

/** A mean over seeds. */
export interface SeedMean {
  readonly mean: number;
  /** 95 % t-interval; of one seed there is none. */
  readonly interval?: readonly [number, number];
}

/** @param values one a seed, at least one */
export function seedMean(values: readonly number[]): SeedMean {
  const centre = mean([...values]);
  if (values.length === 1) return { mean: centre };
  const standardError = sampleStandardDeviation([...values]) / Math.sqrt(values.length);
  const margin = tQuantile(0.975, values.length - 1) * standardError;
  return { mean: centre, interval: [centre - margin, centre + margin] };
}

/** A mean share over seeds in percent, with its interval where there are seeds enough for one. */
export function overSeeds(shares: readonly number[]): string {
  if (shares.length === 0) return '-';
  const { mean: centre, interval } = seedMean(shares);
  const clipped = interval?.map((share) => percent(Math.min(1, Math.max(0, share)))).join(', ');
  return `${percent(centre)} %${clipped ? ` [${clipped}]` : ''}`;
}

/**
 * What the means come to beside the paper's, at each size that has text-only and image-text: a sentence on
 * the gain of pictures, one on the order of those regimes of its table that are here.
 */
export function readRegimes(runs: readonly ModelResults[]): string {
  const groups = bySeed(runs);
  const variants = [...new Set(groups.map(({ variant }) => variant))];
  const read = variants.flatMap((variant) => {
    const own = groups.filter((group) => group.variant === variant);
    return readVariant(variant, own);
  });
  if (read.length === 0) return '';
  return (
    `${read.join(' ')} Absolute figures differ from the paper, whose encoders are others and whose ` +
    'associations have an order that it does not tell; models as large as its own are those of paper size.'
  );
}

function readVariant(variant: string, groups: readonly SeedGroup[]): string[] {
  const regimes = groups.flatMap(({ regime, runs }) => {
    const shares = new Map(
      runs.flatMap((run) => {
        const ood = oodOf(run);
        return ood ? [[run.card.seed, ood.accuracy] as const] : [];
      }),
    );
    if (!(regime in PAPER_OOD) || shares.size === 0) return [];
    return [{ regime, shares, mean: mean([...shares.values()]) }];
  });
  const [before, after] = ['text-only', 'image-text'].map((name) =>
    regimes.find(({ regime }) => regime === name),
  );
  if (!before || !after) return [];
  const here = regimes.toSorted((a, b) => a.mean - b.mean);
  const there = regimes.toSorted((a, b) => PAPER_OOD[a.regime] - PAPER_OOD[b.regime]);
  const named = (list: typeof regimes) => list.map(({ regime }) => regime).join(', ');
  const order = named(here) === named(there) ? 'as in the paper' : `in the paper: ${named(there)}`;
  return [
    `${variant ? `At ${variant}, pictures` : 'Pictures'} multiply OOD accuracy on text by ` +
      `${gainOver(before.shares, after.shares)}. From low to high: ${named(here)}; ${order}.` +
      unsureSteps(here),
  ];
}

/** The values of two regimes by seed, for the seeds that both have. */
const common = (a: ReadonlyMap<number, number>, b: ReadonlyMap<number, number>) =>
  [...a].flatMap(([seed, one]) => {
    const other = b.get(seed);
    return other === undefined ? [] : [[one, other] as const];
  });

/** The gain of each seed as a factor, its geometric mean and interval. */
function gainOver(before: ReadonlyMap<number, number>, after: ReadonlyMap<number, number>): string {
  const logs = common(before, after).map(([one, other]) => Math.log(other / one));
  const paper = `paper: ${(PAPER_OOD['image-text'] / PAPER_OOD['text-only']).toFixed(2)}`;
  const { mean: centre, interval } = seedMean(logs);
  const factor = (log: number) => Math.exp(log).toFixed(2);
  const range = interval ? ` [${interval.map(factor).join(', ')}]` : '';
  const seeds = interval ? `geometric mean of ${logs.length} seeds` : 'one seed';
  return `${factor(centre)}${range} (${seeds}; ${paper})`;
}

/** Those steps of an order that may be chance, by what the seeds say. */
function unsureSteps(
  order: readonly { readonly regime: string; readonly shares: ReadonlyMap<number, number> }[],
): string {
  const steps = order.slice(1).flatMap((above, place) => {
    const below = order[place];
    const gains = common(below.shares, above.shares).map(([one, other]) => other - one);
    if (gains.length < 2) return [];
    const { mean: centre, interval } = seedMean(gains);
    if (!interval || interval[0] > 0) return [];
    const [low, high] = interval.map(percent);
    return [`${below.regime} to ${above.regime} (${percent(centre)} points [${low}, ${high}])`];
  });
  return steps.length > 0 ? ` Not clear of 0 over these seeds: ${steps.join(', ')}.` : '';
}

/** Accuracy and mechanism of each regime over its seeds, beside the paper's figure. */
export function regimesTable(runs: readonly ModelResults[]): string {
  const rows = bySeed(runs).map(({ name, regime, runs: members }) => {
    const shares = (modality: string, order: string, range: 'id' | 'ood') =>
      overSeeds(
        members.flatMap((run) => {
          const result = resultOf(run, modality, order);
          return result ? [result[range].accuracy] : [];
        }),
      );
    const conflict = (kind: 'positional' | 'symbolic') =>
      overSeeds(
        members.flatMap((run) => {
          const share = resultOf(run, 'text', 'shuffled')?.conflict?.[kind];
          return share ? [share.accuracy] : [];
        }),
      );
    const paper: number | undefined = PAPER_OOD[regime];
    return [
      name,
      members.map(({ card }) => card.seed).join(', '),
      shares('text', 'context', 'id'),
      shares('text', 'context', 'ood'),
      paper === undefined ? '-' : `${paper} %`,
      shares('text', 'shuffled', 'id'),
      shares('text', 'shuffled', 'ood'),
      shares('image', 'shuffled', 'id'),
      shares('image', 'shuffled', 'ood'),
      conflict('positional'),
      conflict('symbolic'),
    ];
  });
  return table(
    [
      'regime',
      'seeds',
      'ID',
      'OOD',
      'OOD in the paper',
      'ID, shuffled',
      'OOD, shuffled',
      'ID, pictures',
      'OOD, pictures',
      'conflict: positional',
      'conflict: symbolic',
    ],
    rows,
  );
}
