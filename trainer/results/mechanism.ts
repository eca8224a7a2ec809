import { sampleRankCorrelation } from 'simple-statistics';
import type { Interchange } from '../../contract/probes.ts';
import { proportion } from '../../inference/statistics.ts';
import { mechanismOf } from '../../probes/reading.ts';
import { digits, percent, table } from './markdown.ts';
import { interchangeOf, oodOf, resultOf, variantOf, type ModelResults } from './runs.ts';
import { bySeed } from './seeds.ts';

/** The mechanism of every single run, read at the query on text in the context's order. */
export function mechanismTable(runs: readonly ModelResults[]): string {
  const rows = bySeed(runs).flatMap(({ name, runs: members }) =>
    members.map((run) => {
      const found = interchangeOf(run);
      const ood = oodOf(run);
      return [
        name,
        String(run.card.seed),
        ...(found ? cells(found) : ['-', '-', '-', '-']),
        ood ? `${percent(ood.accuracy)} %` : '-',
      ];
    }),
  );
  return table(
    ['regime', 'seed', 'symbolic', 'positional', 'ratio', 'first causal layer', 'OOD'],
    rows,
  );
}

function cells(found: Interchange): string[] {
  if (found.solved === 0) return ['-', '-', '-', '-'];
  const { symbolic, positional } = found.layers[found.peakLayer].shares;
  const share = ({ right, count }: typeof symbolic) => `${right}/${count}`;
  return [
    `${share(symbolic)} (layer ${found.peakLayer})`,
    share(positional),
    digits(found.ratioAtPeak.ratio),
    String(found.firstCausalLayer ?? 'none'),
  ];
}

/** Pairs that a model has to solve for a run to be counted. */
const ENOUGH = 32;

/**
 * Do pictures decide what binds? How many runs came out positional and symbolic, by what they were trained
 * on, and whether the ratio tracks OOD accuracy.
 */
export function readMechanisms(runs: readonly ModelResults[]): string {
  const read = runs.flatMap((run) => {
    const found = interchangeOf(run);
    const ood = oodOf(run);
    if (!found || !ood || found.solved < ENOUGH) return [];
    const mechanism = mechanismOf(found.layers[found.peakLayer].shares);
    return [{ run, mechanism, ratio: found.ratioAtPeak.ratio, ood: ood.accuracy }];
  });
  const tallies = DIETS.map((diet) =>
    tally(
      diet,
      read.filter(({ run }) => dietOf(run) === diet),
    ),
  );
  return [...tallies, rankCorrelation(read, 'runs')].filter(Boolean).join(' ');
}

/** What a run was trained on last, sorted by what it leaves of position. */
const DIETS = ['plain text', 'text with gaps', 'pictures and text', 'shuffled text'] as const;

function dietOf({ card: { modalities, recipe } }: ModelResults): (typeof DIETS)[number] {
  const streams = recipe.stages.flatMap(({ mix }) => mix);
  const text = streams.filter(({ modality }) => modality === 'text');
  if (text.some(({ order }) => order === 'shuffled')) return 'shuffled text';
  if (modalities.includes('image')) return 'pictures and text';
  return text.some(({ noise }) => noise > 0) ? 'text with gaps' : 'plain text';
}

interface ReadRun {
  readonly run: ModelResults;
  readonly mechanism: string;
}

/** How many came out how; the few that came out otherwise than most are named. */
function tally(diet: string, runs: readonly ReadRun[]): string {
  if (runs.length === 0) return '';
  const kinds = [...new Set(runs.map(({ mechanism }) => mechanism))].sort();
  const counted = kinds.map((kind) => {
    const those = runs.filter(({ mechanism }) => mechanism === kind);
    const [low, high] = proportion(those.length, runs.length).interval;
    const few = those.length < runs.length / 2 ? ` (${those.map(inShort).join('; ')})` : '';
    return `${those.length} ${kind} [${percent(low)}, ${percent(high)} %]${few}`;
  });
  return `Of ${runs.length} ${runs.length === 1 ? 'run' : 'runs'} on ${diet}: ${counted.join(', ')}.`;
}

/** A run by its name, and whether it had learnt the pictures that it was shown. */
function inShort({ run }: ReadRun): string {
  const variant = variantOf(run);
  const pictures = resultOf(run, 'image', 'shuffled')?.id;
  const learnt = pictures ? `, ${percent(pictures.accuracy)} % on pictures in distribution` : '';
  return `${run.card.recipe.regime} of seed ${run.card.seed}${variant && `, ${variant}`}${learnt}`;
}

/** Ratio of symbolic to positional outcomes, and accuracy out of distribution. */
export interface RatioAndOod {
  readonly ratio: number;
  readonly ood: number;
}

/**
 * Does the ratio track OOD? Spearman's rank correlation over all, and by itself where symbol prevails and
 * where position does: two clusters alone make a high one.
 */
export function rankCorrelation(points: readonly RatioAndOod[], what: string): string {
  const parts = [
    { name: 'all together', of: points },
    { name: 'those above 1', of: points.filter(({ ratio }) => ratio > 1) },
    { name: 'those below 1', of: points.filter(({ ratio }) => ratio < 1) },
  ].flatMap(({ name, of }) => {
    const rho = correlation(of);
    return rho === undefined ? [] : [`${rho.toFixed(2)} (${name}, ${of.length} ${what})`];
  });
  if (parts.length === 0) return `Too few ${what} to say whether the ratio tracks OOD accuracy.`;
  return `Rank correlation (Spearman) of the symbolic/positional ratio with OOD accuracy: ${parts.join(', ')}.`;
}

function correlation(points: readonly RatioAndOod[]): number | undefined {
  const ratios = points.map(({ ratio }) => ratio);
  const oods = points.map(({ ood }) => ood);
  if (new Set(ratios).size < 3 || new Set(oods).size < 3) return undefined;
  return sampleRankCorrelation(ratios, oods);
}
