import jStat from 'jstat';
import { mean, sampleStandardDeviation } from 'simple-statistics';
import { REGIMES } from '../recipes/index.ts';
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

/** A mean over seeds in percent, with a 95 % t-interval where there are seeds enough for one. */
export function overSeeds(shares: readonly number[]): string {
  if (shares.length === 0) return '-';
  const centre = mean([...shares]);
  if (shares.length === 1) return `${percent(centre)} %`;
  const standardError = sampleStandardDeviation([...shares]) / Math.sqrt(shares.length);
  const margin = jStat.studentt.inv(0.975, shares.length - 1) * standardError;
  const clip = (share: number) => Math.min(1, Math.max(0, share));
  return `${percent(centre)} % [${percent(clip(centre - margin))}, ${percent(clip(centre + margin))}]`;
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
    `${read.join(' ')} Absolute figures differ from the paper, whose encoders are others and whose order ` +
    "of associations is not known; models as large as the paper's are those of paper size."
  );
}

function readVariant(variant: string, groups: readonly SeedGroup[]): string[] {
  const means = new Map(
    groups.flatMap(({ regime, runs }) => {
      const shares = runs.flatMap((run) => oodOf(run)?.accuracy ?? []);
      return regime in PAPER_OOD && shares.length > 0 ? [[regime, mean(shares)] as const] : [];
    }),
  );
  const [before, after] = [means.get('text-only'), means.get('image-text')];
  if (before === undefined || after === undefined) return [];
  const gain = (after / before).toFixed(2);
  const paperGain = (PAPER_OOD['image-text'] / PAPER_OOD['text-only']).toFixed(2);
  const sorted = (shares: Iterable<readonly [string, number]>) =>
    [...shares].sort(([, a], [, b]) => a - b).map(([name]) => name);
  const here = sorted(means);
  const there = sorted(Object.entries(PAPER_OOD).filter(([name]) => means.has(name)));
  const same = here.join() === there.join();
  return [
    `${variant ? `At ${variant}, pictures` : 'Pictures'} multiply OOD accuracy on text by ${gain} (paper: ` +
      `${paperGain}). From low to high: ${here.join(', ')}` +
      `${same ? ', as in the paper' : `; in the paper: ${there.join(', ')}`}.`,
  ];
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
      'OOD, shuffled',
      'ID, pictures',
      'OOD, pictures',
      'conflict: positional',
      'conflict: symbolic',
    ],
    rows,
  );
}
