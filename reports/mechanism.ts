import { sampleRankCorrelation } from 'simple-statistics';
import type { Interchange } from '../contract/probes.ts';
import { mechanismOf } from '../probes/interpretation.ts';
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
  const share = ({ correct, count }: typeof symbolic) => `${correct}/${count}`;
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
  const tallies = TRAINED_ON.map((data) =>
    tally(
      data,
      read.filter(({ run }) => trainedOn(run) === data),
    ),
  );
  return [...tallies, rankCorrelation(read, 'runs')].filter(Boolean).join(' ');
}

/** What a run was trained on last, sorted by what it leaves of position. */
const TRAINED_ON = [
  'plain text',
  'text with gaps',
  'pictures and text',
  'text alone after pictures',
  'text, some or all of it shuffled',
] as const;

function trainedOn({ card: { modalities, recipe } }: ModelResults): (typeof TRAINED_ON)[number] {
  const streams = recipe.stages.flatMap(({ mix }) => mix);
  const text = streams.filter(({ modality }) => modality === 'text');
  if (text.some(({ order }) => order === 'shuffled')) return 'text, some or all of it shuffled';
  if (modalities.includes('image')) {
    return text.length === streams.length ? 'text alone after pictures' : 'pictures and text';
  }
  return text.some(({ maxPositionGaps }) => maxPositionGaps > 0) ? 'text with gaps' : 'plain text';
}

interface ReadRun {
  readonly run: ModelResults;
  readonly mechanism: string;
}

/** How many came out how; the few that came out otherwise than most are named. Runs may share a parent. */
function tally(data: string, runs: readonly ReadRun[]): string {
  if (runs.length === 0) return '';
  const kinds = [...new Set(runs.map(({ mechanism }) => mechanism))].sort();
  const counted = kinds.map((kind) => {
    const those = runs.filter(({ mechanism }) => mechanism === kind);
    const few = those.length < runs.length / 2 ? ` (${those.map(inShort).join('; ')})` : '';
    return `${those.length} ${kind}${few}`;
  });
  return `Of ${runs.length} ${runs.length === 1 ? 'run' : 'runs'} on ${data}: ${counted.join(', ')}.`;
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
  const [all, above, below] = [
    points,
    points.filter(({ ratio }) => ratio > 1),
    points.filter(({ ratio }) => ratio < 1),
  ].map(correlation);
  const parts = [
    { name: 'all together', found: all },
    { name: 'those above 1', found: above },
    { name: 'those below 1', found: below },
  ].flatMap(({ name, found }) => {
    if (!found) return [];
    const [low, high] = found.interval.map((rho) => rho.toFixed(2));
    return [`${found.rho.toFixed(2)} [${low}, ${high}] (${name}, ${found.count} ${what})`];
  });
  if (!all) return `Too few ${what} to say whether the ratio tracks OOD accuracy.`;
  const tracks = (found: Correlation | undefined) => found && found.interval[0] > 0;
  const within = tracks(above) || tracks(below) ? 'it does so, too' : 'nothing shows that it does';
  const answer = tracks(all)
    ? `the ratio tracks OOD accuracy over all; among those on one side of 1 ${within}`
    : 'nothing shows that the ratio tracks OOD accuracy';
  return (
    `Rank correlation (Spearman) of the symbolic/positional ratio with OOD accuracy: ${parts.join(', ')}. ` +
    `So ${answer}. Intervals take the ${what} as independent, which those of one parent are not.`
  );
}

interface Correlation {
  readonly rho: number;
  /** 95 % interval, by Fisher's transformation with the variance of Bonett and Wright (2000). */
  readonly interval: readonly [number, number];
  readonly count: number;
}

/** Nothing where there are too few, or too few different ones. */
function correlation(points: readonly RatioAndOod[]): Correlation | undefined {
  const ratios = points.map(({ ratio }) => ratio);
  const oods = points.map(({ ood }) => ood);
  const count = points.length;
  if (count < 4 || new Set(ratios).size < 3 || new Set(oods).size < 3) return undefined;
  const rho = sampleRankCorrelation(ratios, oods);
  const margin = 1.96 * Math.sqrt((1 + rho ** 2 / 2) / (count - 3));
  const [low, high] = [-margin, margin].map((shift) => Math.tanh(Math.atanh(rho) + shift));
  return { rho, interval: [low, high], count };
}
