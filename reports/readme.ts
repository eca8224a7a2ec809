import { totalBudget } from '../contract/card.ts';
import type { Proportion } from '../statistics/proportions.ts';
import { mechanismOf } from '../probes/interpretation.ts';
import { MAIN_REGIMES } from '../trainer/regimes/index.ts';
import { percent, table, withRange } from './markdown.ts';
import { interchangeOf, oodOf, resultOf, type ModelResults } from './runs.ts';
import { bySeed } from './seeds.ts';

/** What the models that are shipped come to, in one table. */
export function shippedTable(models: readonly ModelResults[]): string {
  const share = (of?: Proportion) =>
    of ? `${percent(of.accuracy)} % [${of.interval.map(percent).join(', ')}]` : '-';
  return table(
    [
      'model',
      'steps in all',
      'text, ID',
      'text, OOD',
      'shuffled text, ID',
      'shuffled text, OOD',
      'pictures, ID',
      'pictures, OOD',
    ],
    models.map((model) => [
      `\`${model.card.id}\``,
      totalBudget(model.card.training).steps.toLocaleString('en'),
      share(resultOf(model, 'text', 'context')?.id),
      share(oodOf(model)),
      share(resultOf(model, 'text', 'shuffled')?.id),
      share(resultOf(model, 'text', 'shuffled')?.ood),
      share(resultOf(model, 'image', 'shuffled')?.id),
      share(resultOf(model, 'image', 'shuffled')?.ood),
    ]),
  );
}

/** What binds in them, read on text with the associations in the context's order. */
export function bindingTable(models: readonly ModelResults[]): string {
  const rows = models.flatMap((model) => {
    const found = interchangeOf(model);
    if (!found || found.solved === 0) return [];
    const { positional, symbolic } = found.layers[found.peakLayer].shares;
    const share = ({ accuracy, correct, count }: Proportion) =>
      `${percent(accuracy)} % (${correct}/${count})`;
    const cells = [share(positional), share(symbolic), withRange(found.ratioAtPeak)];
    return [[`\`${model.card.id}\``, String(found.peakLayer), ...cells]];
  });
  return table(['model', 'layer', 'positional', 'symbolic', 'symbolic / positional'], rows);
}

/**
 * The paper's four regimes, at every size, and others of several seeds: how far each goes, seed by seed, and
 * what binds in it.
 */
export function seedsTable(runs: readonly ModelResults[]): string {
  // Other encoders and grids have their tables in docs/results.md.
  const plain = (variant: string) => variant === '' || variant.endsWith(' size');
  const groups = bySeed(runs).filter(
    ({ regime, variant, runs: seeds }) =>
      plain(variant) && (MAIN_REGIMES.some((one) => one === regime) || seeds.length > 1),
  );
  const seeds = [...new Set(groups.flatMap(({ runs: all }) => all.map(({ card }) => card.seed)))];
  const rows = groups.map(({ name, runs: members }) => [
    `\`${name}\``,
    ...seeds.map((seed) => {
      const run = members.find(({ card }) => card.seed === seed);
      const ood = run && oodOf(run);
      const found = run && interchangeOf(run);
      if (!ood || !found) return '-';
      return `${percent(ood.accuracy)} %, ${mechanismOf(found.layers[found.peakLayer].shares)}`;
    }),
  ]);
  return table(['text, OOD', ...seeds.map((seed) => `seed ${seed}`)], rows);
}

/**
 * Puts text between `<!-- results: name -->` and `<!-- /results -->`.
 *
 * @throws Error where a document lacks one of the places
 */
export function fillIn(document: string, parts: Readonly<Record<string, string>>): string {
  return Object.entries(parts).reduce((text, [name, part]) => {
    const [open, close] = [`<!-- results: ${name} -->`, '<!-- /results -->'];
    const start = text.indexOf(open);
    const end = text.indexOf(close, start);
    if (start < 0 || end < 0) throw new Error(`the document has no place "${open}"`);
    return `${text.slice(0, start + open.length)}\n\n${part}\n\n${text.slice(end)}`;
  }, document);
}
