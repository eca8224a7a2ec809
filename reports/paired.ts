import type { Answers } from '../contract/answers.ts';
import { unpackBits } from '../contract/bitset.ts';
import { compareOutcomes, type OutcomesAt } from '../statistics/paired-comparison.ts';
import { holm } from '../statistics/proportions.ts';
import type { Regime } from '../trainer/regimes/index.ts';
import { percent, table } from './markdown.ts';
import { variantOf, type ModelResults } from './runs.ts';
import { seedMean } from './seeds.ts';

/** What the paper and its missing controls set side by side, and the question that it answers. */
const CONTRASTS: readonly {
  readonly before: Regime;
  readonly after: Regime;
  readonly question: string;
}[] = [
  { before: 'text-only', after: 'noise-text', question: 'Do gaps help?' },
  { before: 'text-only', after: 'image-text', question: 'Do pictures help?' },
  { before: 'noise-text', after: 'noise-image-text', question: 'Do pictures help after gaps?' },
  { before: 'image-text', after: 'noise-image-text', question: 'Do gaps help with pictures?' },
  { before: 'text-only', after: 'text-only-long', question: 'Do more steps help?' },
  { before: 'text-only-long', after: 'image-text', question: 'And pictures beyond steps?' },
  { before: 'text-only-long', after: 'noise-image-text', question: 'With gaps, too?' },
  { before: 'text-only', after: 'shuffled-text', question: 'Does shuffled text help, too?' },
  { before: 'text-only', after: 'mixed-text', question: 'Even a tenth of it?' },
  { before: 'shuffled-text', after: 'image-text', question: 'And pictures beyond it?' },
  { before: 'noise-text', after: 'image-text', question: 'Do pictures help more than gaps?' },
  { before: 'image-text', after: 'image-text-persistence', question: 'Does text alone undo it?' },
  {
    before: 'noise-image-text',
    after: 'noise-image-text-persistence',
    question: 'Even with gaps?',
  },
  { before: 'image-text', after: 'scratch-image-text', question: 'Without text before?' },
  {
    before: 'image-text',
    after: 'donor-embeddings-image-text',
    question: "With a stranger's words?",
  },
  { before: 'noise-image-text', after: 'text-symbolic', question: 'Without any picture?' },
];

export interface PairedTest {
  readonly before: string;
  readonly after: string;
  readonly seed: number;
  /** Of the two, see `variantOf`. */
  readonly variant: string;
  /** Share of queries that `after` gets right beyond `before`. */
  readonly gain: number;
  readonly onlyBefore: number;
  readonly onlyAfter: number;
  readonly count: number;
  /** Holm-adjusted. */
  readonly pValue: number;
}

/** Regimes compared on the very same OOD queries of ordered text, seed by seed and variant by variant. */
export function pairedTests(runs: readonly ModelResults[]): PairedTest[] {
  const of = (regime: Regime) => runs.filter(({ card }) => card.recipe.regime === regime);
  const tests = CONTRASTS.flatMap(({ before, after }) =>
    of(before).flatMap((one) =>
      of(after)
        .filter((other) => sameBranch(other, one))
        .flatMap((other) => pairedTest(one, other) ?? []),
    ),
  );
  const adjusted = holm(tests.map(({ pValue }) => pValue));
  return tests.map((test, place) => ({ ...test, pValue: adjusted[place] }));
}

/** One test, its p-value not yet adjusted; nothing where the answers of either are not known. */
function pairedTest(one: ModelResults, other: ModelResults): PairedTest | undefined {
  if (!one.answers || !other.answers) return undefined;
  const [before, after] = [one, other].map(({ card }) => card.recipe.regime);
  const [a, b] = commonOutcomes(one.answers, other.answers);
  const { pairs } = compareOutcomes([
    { model: before, byObjects: a },
    { model: after, byObjects: b },
  ]);
  const [{ ood }] = pairs;
  if (!ood) return undefined;
  return {
    before,
    after,
    seed: one.card.seed,
    variant: variantOf(sees(other) ? other : one),
    gain: -ood.difference,
    onlyBefore: ood.onlyA,
    onlyAfter: ood.onlyB,
    count: ood.count,
    pValue: ood.pValue,
  };
}

export function pairedTable(tests: readonly PairedTest[]): string {
  if (tests.length === 0) return 'No two models here differ in their regime alone.';
  return table(
    [
      ...['before', 'after', 'seed', 'variant', 'gain, points', 'only before', 'only after'],
      ...['queries', 'p (Holm)'],
    ],
    tests.map(({ before, after, seed, variant, gain, onlyBefore, onlyAfter, count, pValue }) => [
      before,
      after,
      String(seed),
      variant || '-',
      (100 * gain).toFixed(1),
      String(onlyBefore),
      String(onlyAfter),
      String(count),
      pValue < 1e-4 ? '< 0.0001' : pValue.toFixed(4),
    ]),
  );
}

/** What seeds say, where a contrast has more than one: the mean gain, and how far it may be chance. */
export function gainsOverSeeds(tests: readonly PairedTest[]): string {
  const rows = CONTRASTS.flatMap(({ before, after }) => {
    const own = tests.filter((test) => test.before === before && test.after === after);
    return [...new Set(own.map(({ variant }) => variant))].flatMap((variant) => {
      const seeds = own.filter((test) => test.variant === variant);
      const gain = seedMean(seeds.map((test) => test.gain));
      if (!gain.interval) return [];
      const [low, high] = gain.interval.map(percent);
      const names = seeds.map(({ seed }) => seed).join(', ');
      return [[before, after, variant || '-', names, `${percent(gain.mean)} [${low}, ${high}]`]];
    });
  });
  return table(['before', 'after', 'variant', 'seeds', 'mean gain, points'], rows);
}

/** A question a contrast, and what its tests answer. */
export function readPaired(tests: readonly PairedTest[]): string {
  return CONTRASTS.flatMap(({ before, after, question }) => {
    const own = tests.filter((test) => test.before === before && test.after === after);
    if (own.length === 0) return [];
    const sure = own.filter(({ pValue }) => pValue < 0.05);
    const up = sure.filter(({ gain }) => gain > 0).length;
    const points = own.map(({ gain }) => 100 * gain).sort((a, b) => a - b);
    const [least, most] = [points[0], points[points.length - 1]].map((gain) => gain.toFixed(1));
    const range = least === most ? `${least} points` : `${least} to ${most} points`;
    const variants = [...new Set(own.map(({ variant }) => variant).filter(Boolean))];
    const others = variants.length > 0 ? `; among them ${variants.join(', ')}` : '';
    return [
      `- ${question} ${before} → ${after}: ${range}; of ${own.length} tested, ${up} up and ` +
        `${sure.length - up} down with p < 0.05${others}.`,
    ];
  }).join('\n');
}

const sees = ({ card }: ModelResults): boolean => card.recipe.encoder !== undefined;

/** One seed and size; what they see with, and how finely, matters where both see. */
function sameBranch(one: ModelResults, other: ModelResults): boolean {
  const [a, b] = [one.card, other.card];
  const sight = ({ recipe }: ModelResults['card']) => [recipe.encoder?.sha256, recipe.grid].join();
  return (
    a.seed === b.seed &&
    a.recipe.preset === b.recipe.preset &&
    (!sees(one) || !sees(other) || sight(a) === sight(b))
  );
}

/**
 * Answers of two models to ordered text, cut to the queries that both were asked: a measurement of more
 * queries begins with those of fewer.
 *
 * @throws Error where their queries are of other splits or seeds
 */
export function commonOutcomes(one: Answers, other: Answers): [OutcomesAt[], OutcomesAt[]] {
  if (one.split !== other.split || one.seed !== other.seed) {
    throw new Error(`answers to ${named(one)} cannot be paired with answers to ${named(other)}`);
  }
  const [a, b] = [one, other].map(({ results }) =>
    results.filter(({ modality, order }) => modality === 'text' && order === 'context'),
  );
  const common = a.flatMap((mine) => {
    const theirs = b.find(({ objects }) => objects === mine.objects);
    if (!theirs) return [];
    const count = Math.min(mine.count, theirs.count);
    const first = ({ objects, count: all, correct }: typeof mine) => ({
      objects,
      correct: (unpackBits(correct, all) ?? []).slice(0, count),
    });
    return [[first(mine), first(theirs)] as const];
  });
  return [common.map(([mine]) => mine), common.map(([, theirs]) => theirs)];
}

const named = ({ split, seed }: Answers): string => `${split} queries of seed ${seed}`;
