import { formatPValue } from '../statistics/format.ts';
import { code, percentDigits, points, table } from './markdown.ts';
import type { PairedTest } from './paired.ts';
import type { Contrast } from './questions.ts';
import { seedMean, type SeedMean } from './seeds.ts';

/** Significance level of each paired test, after Holm's adjustment. */
const ALPHA = 0.05;

/** What the seeds of one contrast and variant say together. */
export interface Gain extends SeedMean {
  readonly contrast: Contrast;
  readonly variant: string;
  readonly tests: readonly PairedTest[];
}

/** The gains of some contrasts, one entry for each variant, the usual one first. */
export function gainsOf(contrasts: readonly Contrast[], tests: readonly PairedTest[]): Gain[] {
  return contrasts.flatMap((contrast) => {
    const own = tests.filter((test) => test.contrast === contrast);
    const variants = [...new Set(own.map(({ variant }) => variant))].sort();
    return variants.map((variant) => {
      const members = own.filter((test) => test.variant === variant);
      return {
        ...{ contrast, variant, tests: members },
        ...seedMean(members.map(({ gain }) => gain)),
      };
    });
  });
}

/** `+43.5 [37.3, 49.7]`, in percentage points. */
export function gainInPoints({ mean, interval }: SeedMean): string {
  return interval ? `${points(mean)} [${interval.map(percentDigits).join(', ')}]` : points(mean);
}

/** 1 where the gain is certainly positive, -1 where negative, 0 where the data do not decide. */
function comparisonSign({ interval, tests }: Gain): -1 | 0 | 1 {
  if (interval) {
    const [low, high] = interval;
    if (low > 0) return 1;
    return high < 0 ? -1 : 0;
  }
  const [test] = tests;
  if (!test || test.pValue >= ALPHA) return 0;
  return test.gain > 0 ? 1 : -1;
}

/** What may be concluded: about another seed where there are several, else about the two models alone. */
export function conclude(gain: Gain): string {
  const sign = comparisonSign(gain);
  if (gain.interval) {
    if (sign > 0) return 'better: the interval is above 0';
    return sign < 0 ? 'worse: the interval is below 0' : 'not decided: the interval contains 0';
  }
  if (sign === 0) return 'one seed: no difference found';
  const pValue = gain.tests[0]?.pValue ?? 1;
  return `one seed: ${sign > 0 ? 'better' : 'worse'} (p ${asRelation(pValue)})`;
}

const asRelation = (pValue: number): string => {
  const text = formatPValue(pValue);
  return text.startsWith('<') ? text : `= ${text}`;
};

/** Gains with their conclusions. */
export function gainTable(gains: readonly Gain[]): string {
  return table(
    ['from', 'to', 'variant', 'seeds', 'OOD gain, points', 'paired tests', 'conclusion'],
    gains.map((gain) => {
      const { contrast, variant, tests } = gain;
      return [
        code(contrast.before),
        code(contrast.after),
        variant || '-',
        tests.map(({ before }) => before.card.seed).join(', '),
        gainInPoints(gain),
        tally(tests),
        conclude(gain),
      ];
    }),
  );
}

/** `3 better, 1 worse`. */
function tally(tests: readonly PairedTest[]): string {
  const significant = tests.filter(({ pValue }) => pValue < ALPHA);
  const better = significant.filter(({ gain }) => gain > 0).length;
  const counts = [
    { count: better, word: 'better' },
    { count: significant.length - better, word: 'worse' },
    { count: tests.length - significant.length, word: 'undecided' },
  ];
  return counts
    .filter(({ count }) => count > 0)
    .map(({ count, word }) => `${count} ${word}`)
    .join(', ');
}

/** The tests of one model, for its own page. */
export function pairedTable(tests: readonly PairedTest[]): string {
  return table(
    [
      'from',
      'to',
      'gain, points',
      'only first correct',
      'only second correct',
      'queries',
      'p (Holm)',
    ],
    tests.map(({ before, after, gain, onlyBefore, onlyAfter, count, pValue }) => [
      `[${before.name}](${before.name}.md)`,
      `[${after.name}](${after.name}.md)`,
      points(gain),
      String(onlyBefore),
      String(onlyAfter),
      String(count),
      formatPValue(pValue),
    ]),
  );
}

/** The gains at the usual size in one sentence; empty where nothing was compared. */
export function readGains(gains: readonly Gain[]): string {
  const clauses = gains
    .filter(({ variant }) => variant === '')
    .map((gain) => {
      const { contrast, mean, tests } = gain;
      const sign = comparisonSign(gain);
      const by = `${percentDigits(Math.abs(mean))} points`;
      const seeds = tests.length === 1 ? 'one seed' : `${tests.length} seeds`;
      const [before, after] = [code(contrast.before), code(contrast.after)];
      if (sign === 0) return `${after} is not clearly different from ${before} (${seeds})`;
      return `${after} is ${sign > 0 ? 'better' : 'worse'} than ${before} by ${by} (${seeds})`;
    });
  return clauses.length > 0 ? `**In words:** ${clauses.join('; ')}.` : '';
}
