import { mean } from 'simple-statistics';
import { formatPercent } from '../statistics/format.ts';
import { PAPER_REGIMES } from '../trainer/regimes/index.ts';
import { code, table, withInterval, withRange } from './markdown.ts';
import { interchangeOf, oodOf, type ModelResults } from './model-results.ts';
import { paperOodOf } from './paper.ts';
import { bySeed, overSeeds, type SeedGroup } from './seeds.ts';

/** What our training may have otherwise than the paper's, as columns, and how the names of such regimes end. */
const READINGS = {
  ordered: '',
  shuffled: '-shuffled',
  'no positions': '-without-positions',
} as const;

/**
 * The paper's four regimes in each reading of it, beside its figures: accuracy on text beyond training, and
 * its factor over text alone of the same seeds. All answered the same ordered text.
 */
export function readingsTable(runs: readonly ModelResults[]): string {
  const groups = bySeed(runs).filter(({ variant }) => variant === '');
  const groupOf = (regime: string) => groups.find((group) => group.regime === regime);
  const rows = PAPER_REGIMES.map((regime) => {
    const paper = paperOodOf(regime) ?? NaN;
    return [
      code(regime),
      `${formatPercent(paper)}, x ${(paper / (paperOodOf('text-only') ?? NaN)).toFixed(2)}`,
      ...Object.values(READINGS).flatMap((suffix) => {
        const group = groupOf(regime + suffix);
        const reference = groupOf(`text-only${suffix}`);
        if (!group || !reference) return ['-', '-'];
        const factor = mean(oods(group)) / mean(oods(withSeedsOf(group, reference)));
        return [`${oodWithInterval(group)}, x ${factor.toFixed(2)}`, ratioOf(group)];
      }),
    ];
  });
  const columns = Object.keys(READINGS).flatMap((name) => [name, `ratio, ${name}`]);
  return table(['regime', 'paper', ...columns], rows);
}

const oods = ({ runs }: SeedGroup): number[] => runs.flatMap((run) => oodOf(run)?.accuracy ?? []);

/** The runs of a group whose seeds another group has too: a factor compares the same seeds. */
function withSeedsOf({ runs }: SeedGroup, group: SeedGroup): SeedGroup {
  const seeds = runs.map(({ card }) => card.seed);
  const common = group.runs.filter(({ card }) => seeds.includes(card.seed));
  return { ...group, runs: common.length > 0 ? common : group.runs };
}

/** Over seeds; one seed has the interval of its queries. */
function oodWithInterval(group: SeedGroup): string {
  const [only, ...others] = group.runs;
  return only && others.length === 0 ? withInterval(oodOf(only)) : overSeeds(oods(group));
}

/** Symbolic per positional outcome of seed 0. */
function ratioOf({ runs }: SeedGroup): string {
  const first = runs.find(({ card }) => card.seed === 0);
  const found = first && interchangeOf(first);
  return found ? withRange(found.ratioAtPeak) : '-';
}
