import type { Mechanism } from '../probes/interpretation.ts';
import { strongestItemPatch } from '../probes/items.ts';
import { formatPercent } from '../statistics/format.ts';
import { code, table, wholeNumber, withCounts, withRange } from './markdown.ts';
import {
  conditionInWords,
  interchangeOf,
  mechanismIn,
  oodOf,
  peakSharesOf,
  resultOf,
  variantOf,
  type ModelResults,
} from './model-results.ts';
import { rankCorrelation } from './rank-correlation.ts';

/** Interchange at the query on ordered text, model by model, at the layer of largest effect. */
export function bindingTable(models: readonly ModelResults[]): string {
  const rows = models.flatMap((model) => {
    const found = interchangeOf(model);
    const shares = found && peakSharesOf(found);
    if (!shares) return [];
    return [
      [
        code(model.name),
        String(found.firstCausalLayer ?? '-'),
        String(found.peakLayer),
        withCounts(shares.positional),
        withCounts(shares.symbolic),
        withRange(found.ratioAtPeak),
      ],
    ];
  });
  return table(
    ['model', 'first causal layer', 'peak layer', 'positional', 'symbolic', 'ratio'],
    rows,
  );
}

/**
 * Interchange at the items over all models that were measured, at the layer where most answers follow what
 * the items hold: a sentence, and a row for each model where any answer does.
 */
export function itemBinding(models: readonly ModelResults[]): string {
  const measured = models.flatMap(({ name, probes }) =>
    (probes?.items ?? []).flatMap(({ groups, solved, ...condition }) => {
      const shares = strongestItemPatch(groups)?.shares;
      return shares && solved >= ENOUGH_PAIRS ? [{ name, shares, condition }] : [];
    }),
  );
  const following = ({ shares }: (typeof measured)[number]) =>
    shares.symbolic.accuracy + shares.positional.accuracy;
  const bound = measured.filter((entry) => following(entry) >= BOUND_AT_ITEMS);
  const names = (found: typeof measured) => new Set(found.map(({ name }) => name)).size;
  const pairs = measured.reduce((sum, { shares }) => sum + shares.unchanged.count, 0);
  const sentence =
    `Measured: ${names(measured)} models with ${wholeNumber(pairs)} solved pairs in all; models that solve fewer ` +
    `than ${ENOUGH_PAIRS} pairs of a kind are left out there. `;
  if (bound.length === 0) {
    const most = formatPercent(Math.max(0, ...measured.map(following)));
    return `${sentence}None of them binds there: at most ${most} of the answers of a model follow what the items hold.`;
  }
  const rows = bound.map(({ name, condition, shares }) => [
    code(name),
    conditionInWords(condition),
    withCounts(shares.symbolic),
    withCounts(shares.positional),
  ]);
  const some = `In ${names(bound)} of them answers follow what the items hold:`;
  return `${sentence}${some}\n\n${table(['model', 'asked', 'by colour', 'by position'], rows)}`;
}

/** The least share of answers that counts as binding at the items. */
const BOUND_AT_ITEMS = 0.05;

/** Pairs that a model has to solve for its mechanism to be counted. */
export const ENOUGH_PAIRS = 32;

/** What a run was trained on, sorted by how far position can answer it. */
const TRAINING_DATA = [
  'ordered text',
  'ordered text with position gaps',
  'pictures, then text with pictures',
  'text alone after pictures',
  'text, some or all of it shuffled',
] as const;

function trainingDataOf({ card: { modalities, recipe } }: ModelResults) {
  const streams = recipe.stages.flatMap(({ mix }) => mix);
  const text = streams.filter(({ modality }) => modality === 'text');
  if (text.some(({ order }) => order === 'shuffled')) return 'text, some or all of it shuffled';
  if (modalities.includes('image')) {
    return text.length === streams.length
      ? 'text alone after pictures'
      : 'pictures, then text with pictures';
  }
  return text.some(({ maxPositionGaps }) => maxPositionGaps > 0)
    ? 'ordered text with position gaps'
    : 'ordered text';
}

interface CountedRun {
  readonly run: ModelResults;
  readonly mechanism: Mechanism;
}

/** How many runs came out positional and symbolic, by what they were trained on; exceptions are named. */
export function mechanismCounts(runs: readonly ModelResults[]): string {
  const counted = runs.flatMap((run): CountedRun[] => {
    const mechanism = mechanismIn(run);
    const enough = (interchangeOf(run)?.solved ?? 0) >= ENOUGH_PAIRS;
    return mechanism && enough ? [{ run, mechanism }] : [];
  });
  const rows = TRAINING_DATA.flatMap((data) => {
    const own = counted.filter(({ run }) => trainingDataOf(run) === data);
    if (own.length === 0) return [];
    const having = (...kinds: Mechanism[]) =>
      own.filter(({ mechanism }) => kinds.includes(mechanism));
    const groups = [having('positional'), having('symbolic'), having('both', 'neither', 'unknown')];
    const exceptions = groups.filter(({ length }) => length < own.length / 2).flat();
    return [
      [
        data,
        String(own.length),
        ...groups.map(({ length }) => String(length)),
        exceptions.map(({ run }) => inShort(run)).join('; ') || '-',
      ],
    ];
  });
  return table(
    ['trained on', 'runs', 'positional', 'symbolic', 'neither or both', 'exceptions'],
    rows,
  );
}

/** A run by its name, and how well it learnt the pictures that it was shown. */
function inShort(run: ModelResults): string {
  const variant = variantOf(run);
  const pictures = resultOf(run, 'image', 'shuffled')?.id;
  const learnt = pictures ? `, ${formatPercent(pictures.accuracy)} of pictures ID` : '';
  return `${run.card.recipe.regime}, seed ${run.card.seed}${variant && `, ${variant}`}${learnt}`;
}

/** Whether the ratio at the layer of largest effect predicts OOD accuracy, over runs. */
export function ratioAndOod(runs: readonly ModelResults[]): string {
  const points = runs.flatMap((run) => {
    const found = interchangeOf(run);
    const ood = oodOf(run);
    if (!found || !ood || found.solved < ENOUGH_PAIRS) return [];
    return [{ ratio: found.ratioAtPeak.ratio, ood: ood.accuracy }];
  });
  return rankCorrelation(points, 'runs');
}
