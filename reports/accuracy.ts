import type { Mechanism } from '../probes/interpretation.ts';
import { mean } from 'simple-statistics';
import { formatPercent } from '../statistics/format.ts';
import { PAPER_REGIMES } from '../trainer/regimes/index.ts';
import { code, table, withInterval } from './markdown.ts';
import {
  conditionInWords,
  mechanismIn,
  oodOf,
  resultOf,
  type ModelResults,
} from './model-results.ts';
import { paperOodOf } from './paper.ts';
import { bySeed, overSeeds, type SeedGroup } from './seeds.ts';

/** A mean over the seeds of a group; a dash where nothing was measured. */
const meanOf = ({ runs }: SeedGroup, of: (run: ModelResults) => number | undefined): string =>
  overSeeds(runs.flatMap((run) => of(run) ?? []));

const paperCell = (regime: string): string => {
  const share = paperOodOf(regime);
  return share === undefined ? '-' : formatPercent(share);
};

const seedsCell = ({ runs }: SeedGroup): string => runs.map(({ card }) => card.seed).join(', ');

/** `symbolic (4)`, or `symbolic (1), positional (3)`. */
function mechanismCell({ runs }: SeedGroup): string {
  const counts = new Map<Mechanism, number>();
  for (const run of runs) {
    const mechanism = mechanismIn(run);
    if (mechanism) counts.set(mechanism, 1 + (counts.get(mechanism) ?? 0));
  }
  const cells = [...counts].map(([mechanism, count]) => `${mechanism} (${count})`);
  return cells.join(', ') || '-';
}

/** Accuracy on ordered text over seeds, and what binds, for a few regimes. */
export function regimeTable(groups: readonly SeedGroup[]): string {
  return table(
    ['regime', 'seeds', 'ID', 'OOD', 'OOD in the paper', 'binding (seeds)'],
    groups.map((group) => [
      code(group.name),
      seedsCell(group),
      meanOf(group, (run) => resultOf(run, 'text', 'context')?.id.accuracy),
      meanOf(group, (run) => oodOf(run)?.accuracy),
      paperCell(group.regime),
      mechanismCell(group),
    ]),
  );
}

/** Every condition of every regime over its seeds. */
export function allRegimesTable(runs: readonly ModelResults[]): string {
  const shares = (
    group: SeedGroup,
    modality: 'text' | 'image',
    range: 'id' | 'ood',
    order: 'context' | 'shuffled' = 'shuffled',
  ) => meanOf(group, (run) => resultOf(run, modality, order)?.[range].accuracy);
  return table(
    [
      ...['regime', 'seeds', 'text, ID', 'text, OOD', 'shuffled text, ID', 'shuffled text, OOD'],
      ...['pictures, ID', 'pictures, OOD'],
    ],
    bySeed(runs).map((group) => [
      code(group.name),
      seedsCell(group),
      shares(group, 'text', 'id', 'context'),
      shares(group, 'text', 'ood', 'context'),
      shares(group, 'text', 'id'),
      shares(group, 'text', 'ood'),
      shares(group, 'image', 'id'),
      shares(group, 'image', 'ood'),
    ]),
  );
}

/** Which pair an answer follows where position and shape disagree, over seeds. */
export function conflictTable(runs: readonly ModelResults[]): string {
  const share = (kind: 'positional' | 'symbolic') => (run: ModelResults) =>
    resultOf(run, 'text', 'shuffled')?.conflict?.[kind].accuracy;
  return table(
    ['regime', 'seeds', 'by position', 'by symbol'],
    bySeed(runs).map((group) => [
      code(group.name),
      seedsCell(group),
      meanOf(group, share('positional')),
      meanOf(group, share('symbolic')),
    ]),
  );
}

/** The shipped models in one table. */
export function shippedTable(models: readonly ModelResults[]): string {
  return table(
    ['model', 'text, ID', 'text, OOD', 'shuffled text, OOD', 'pictures, ID', 'pictures, OOD'],
    models.map((model) => [
      code(model.name),
      withInterval(resultOf(model, 'text', 'context')?.id),
      withInterval(oodOf(model)),
      withInterval(resultOf(model, 'text', 'shuffled')?.ood),
      withInterval(resultOf(model, 'image', 'shuffled')?.id),
      withInterval(resultOf(model, 'image', 'shuffled')?.ood),
    ]),
  );
}

/** The paper's four regimes at the usual size, for a reader who has ten seconds. */
export function fourRegimesTable(runs: readonly ModelResults[]): string {
  const groups = bySeed(runs).filter(
    ({ regime, variant }) => variant === '' && PAPER_REGIMES.some((main) => main === regime),
  );
  return table(
    ['trained as', 'text beyond training', 'the same in the paper', 'binds by (number of seeds)'],
    groups.map((group) => {
      const oods = group.runs.flatMap((run) => oodOf(run)?.accuracy ?? []);
      return [
        code(group.name),
        oods.length > 0 ? formatPercent(mean(oods)) : '-',
        paperCell(group.regime),
        mechanismCell(group),
      ];
    }),
  );
}

/** Every seed by itself: accuracy on text beyond training, and what binds. */
export function seedsTable(runs: readonly ModelResults[]): string {
  const groups = bySeed(runs).filter(({ runs: members }) => members.length > 1);
  const seeds = [...new Set(groups.flatMap(({ runs: all }) => all.map(({ card }) => card.seed)))];
  const rows = groups.map(({ name, runs: members }) => [
    code(name),
    ...seeds.map((seed) => {
      const run = members.find(({ card }) => card.seed === seed);
      const ood = run && oodOf(run);
      return run && ood ? `${formatPercent(ood.accuracy)}, ${mechanismIn(run) ?? '-'}` : '-';
    }),
  ]);
  return table(['text, OOD', ...seeds.map((seed) => `seed ${seed}`)], rows);
}

/** One model: every condition by number of objects. */
export function byObjectsTable({ card }: ModelResults): string {
  const { results } = card.evaluation;
  const objects = [
    ...new Set(results.flatMap(({ byObjects }) => byObjects.map((point) => point.objects))),
  ].sort((a, b) => a - b);
  return table(
    ['objects', ...results.map(conditionInWords)],
    [
      ...objects.map((count) => [
        String(count),
        ...results.map(({ byObjects }) =>
          withInterval(byObjects.find((point) => point.objects === count)),
        ),
      ]),
      ['ID', ...results.map(({ id }) => withInterval(id))],
      ['OOD', ...results.map(({ ood }) => withInterval(ood))],
    ],
  );
}
