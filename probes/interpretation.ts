import {
  ATTRIBUTION_GROUP_NAMES,
  type AttributionSection,
} from '../contract/attribution-section.ts';
import type { MECHANISMS } from '../contract/probe-results.ts';
import { type AblationEffect, type Knockout } from '../contract/knockout-section.ts';
import {
  ABLATIONS,
  PROBE_SECTIONS,
  type Heads,
  type Interchange,
  type ItemInterchange,
  type Linear,
  type OutcomeShares,
  type Probes,
  type ProbeSection,
  type TokenInterchange,
} from '../contract/probes.ts';
import { formatWholePercent } from '../statistics/format.ts';
import { withinShares, type Proportion } from '../statistics/intervals.ts';
import { describeCondition, RANGE_NAMES } from '../task/conditions.ts';
import { strongestItemPatch } from './items.ts';
import { summariseMixtureSection } from './mixture-summary.ts';
import {
  accuracyChange,
  describeRatio,
  headName,
  layerRange,
  maxBy,
  onCondition,
  withInterval,
} from './sentence-parts.ts';

/** Plain sentences about the results of the probes, made from their figures only. */

type InterchangeLayer = Interchange['layers'][number];

/** An interchange without its breakdowns, from a file or from a live sweep. */
export type InterchangeFigures = Omit<
  Interchange,
  'split' | 'seed' | 'layers' | 'byPosition' | 'byDistance'
> & { readonly layers: readonly InterchangeLayer[] };

export type Mechanism = (typeof MECHANISMS)[number];

/**
 * The mechanism that the outcomes at a layer show: the one that is significantly more frequent (disjoint
 * 95 % intervals), where the two together are most of all outcomes.
 */
export function mechanismOf({ positional, symbolic }: OutcomeShares): Mechanism {
  if (positional.count === 0) return 'unknown';
  if (positional.accuracy + symbolic.accuracy < 0.5) return 'neither';
  if (positional.interval[0] > symbolic.interval[1]) return 'positional';
  return symbolic.interval[0] > positional.interval[1] ? 'symbolic' : 'both';
}

const VERDICTS: Readonly<Record<Mechanism, string>> = {
  positional: 'it binds by position',
  symbolic: 'it binds by symbol',
  both: 'position and symbol cannot be distinguished',
  neither: 'neither mechanism explains most answers',
  unknown: 'its mechanism is unknown',
};

/** Sentences about interchange at the query's last token. */
export function summariseInterchange(model: string, figures: InterchangeFigures): string {
  const { objects, pairs, solved, layers, peakLayer, firstCausalLayer, ratioAtPeak } = figures;
  const where = `${onCondition(figures)}, ${objects} objects`;
  const peak = layers.find(({ layer }) => layer === peakLayer);
  if (solved === 0 || !peak) {
    return `${where}: ${model} solves none of the ${pairs} pairs, so ${VERDICTS.unknown}.`;
  }
  const { positional, symbolic } = peak.shares;
  const firstCausal =
    firstCausalLayer === null
      ? 'No layer changes most answers.'
      : `The first layer that changes most answers is ${firstCausalLayer}.`;
  return (
    `${where}: at layer ${peakLayer}, ${withInterval(positional)} of ${solved} interchange ` +
    `interventions changed the answer to the item at the same position and ` +
    `${withInterval(symbolic)} to the item of the same shape: ` +
    `${VERDICTS[mechanismOf(peak.shares)]}, with ${describeRatio(ratioAtPeak)}. ${firstCausal} ` +
    summariseControls(peak.controls, objects)
  );
}

function summariseControls(
  { random, unrelated }: InterchangeLayer['controls'],
  objects: number,
): string {
  const shares = ({ positional, symbolic }: OutcomeShares) =>
    `${formatWholePercent(positional.accuracy)} and ${formatWholePercent(symbolic.accuracy)}`;
  return (
    `Of the control patches with the same norm, random vectors changed ${shares(random)} of the ` +
    `answers to these two items, and vectors from unrelated scenes ${shares(unrelated)}; a random ` +
    `choice among the items would give one in ${objects}.`
  );
}

function summariseTokenPatches({ objects, solved, groups, ...condition }: TokenInterchange) {
  const where = `${onCondition(condition)}, ${objects} objects`;
  const patches = groups.flatMap(({ token, object, layers }) =>
    layers.map(({ layer, shares: { unchanged } }) => ({ token, object, layer, unchanged })),
  );
  const strongest = solved > 0 ? maxBy(patches, ({ unchanged }) => -unchanged.accuracy) : undefined;
  if (!strongest) return `${where}: the model solves no pair, so patching tokens shows nothing.`;
  const { token, object, layer, unchanged } = strongest;
  const owner = object === 'asked' ? 'asked object' : `${object ?? ''} candidate`;
  return (
    `${where}: of single tokens before the query, the ${token} token` +
    `${object === null ? '' : ` of the ${owner}`} has the largest effect, at layer ${layer}: ` +
    `patching it changed ${formatWholePercent(1 - unchanged.accuracy)} of ${unchanged.count} answers.`
  );
}

/** Whether associations hold what the answer follows, at the layer where most answers follow it. */
export function summariseItemPatches({
  objects,
  pairs,
  solved,
  groups,
  ...condition
}: Omit<ItemInterchange, 'split' | 'seed'>): string {
  const where = `${onCondition(condition)}, ${objects} objects`;
  const strongest = strongestItemPatch(groups);
  if (solved === 0 || !strongest) {
    return `${where}: the model solves none of the ${pairs} pairs, so patching items shows nothing.`;
  }
  const { tokens, layer, shares } = strongest;
  const mechanism = mechanismOf(shares);
  const moved =
    `moved ${withInterval(shares.symbolic)} of ${solved} answers to the item of the asked colour and ` +
    `${withInterval(shares.positional)} to that of the asked position`;
  return mechanism === 'neither'
    ? `${where}: no patch of all associations ${moved}, or more: it does not bind at the items.`
    : `${where}: patching all ${tokens} tokens at layer ${layer} ${moved}: ${ITEM_VERDICTS[mechanism]}.`;
}

const ITEM_VERDICTS: Readonly<Record<Exclude<Mechanism, 'neither'>, string>> = {
  positional: 'the items hold positions of the context, and the answer follows them',
  symbolic: 'the items hold colours of the context, and the answer follows them',
  both: 'the items hold what the answer follows, by colour and by position',
  unknown: VERDICTS.unknown,
};

function summariseKnockout({ distributions, ...condition }: Knockout): string {
  const sentences = distributions.map(({ distribution, objects, baseline, edges }) => {
    const worst = maxBy(edges, ({ accuracyDrop }) => accuracyDrop);
    const scenes = `${RANGE_NAMES[distribution]} (${objects} objects)`;
    // Bonferroni: the largest of many drops is not significant by itself.
    if (!worst || worst.pValue * edges.length > 0.05) {
      return `${scenes} no cut lowers the accuracy significantly`;
    }
    return (
      `${scenes} the largest loss comes from cutting attention from ${worst.from} tokens to ` +
      `${worst.to} tokens in ${layerRange(...worst.layers)}: accuracy falls from ` +
      accuracyChange(baseline, worst)
    );
  });
  return `${onCondition(condition)}: ${sentences.join('; ')}.`;
}

function summariseLinear({ objects, probes, ...condition }: Linear): string {
  const features = [...new Set(probes.map(({ feature }) => feature))];
  const sentences = features.flatMap((feature) => {
    const fits = probes
      .filter((probe) => probe.feature === feature)
      .flatMap(({ token, layers }) => layers.map((fit) => ({ token, ...fit })));
    const best = maxBy(fits, ({ accuracy, control }) => accuracy.accuracy - control.accuracy);
    if (!best) return [];
    const { token, layer, accuracy, control } = best;
    return [
      `${feature} at ${token} tokens, layer ${layer} (${formatWholePercent(accuracy.accuracy)}, shuffled ` +
        `labels ${formatWholePercent(control.accuracy)})`,
    ];
  });
  return (
    `${onCondition(condition)}, ${objects} objects: a linear probe decodes best ` +
    `${sentences.join('; ')}.`
  );
}

const ABLATION_NAMES = { zero: 'Zero ablation', mean: 'Mean ablation' } as const;

function summariseHeadPatches({ interchange, ablation, ...condition }: Heads): string {
  const { heads, solved, objects } = interchange;
  const carrier = (kind: 'positional' | 'symbolic') => {
    const best = maxBy(heads, ({ shares }) => shares[kind].accuracy);
    if (!best || best.shares[kind].interval[0] < MIN_CARRIER_SHARE) return [];
    return [`${headName(best)} for the ${kind} answer (${withInterval(best.shares[kind])})`];
  };
  const carriers = [...carrier('positional'), ...carrier('symbolic')];
  const effect =
    carriers.length > 0
      ? `has the largest effect at ${carriers.join(' and ')}`
      : 'has little effect';
  const patched =
    solved > 0
      ? `patching one head at ${objects} objects ${effect}`
      : 'the model solves no pair, so patching heads shows nothing';
  const ablated = ABLATIONS.flatMap((kind) => {
    const losses = ablation.flatMap((entry) => {
      const worst =
        entry.kind === kind ? maxBy(entry.heads, ({ accuracyDrop }) => accuracyDrop) : undefined;
      if (!worst) return [];
      return [
        `${RANGE_NAMES[entry.distribution]} at ${headName(worst)} (${accuracyChange(entry.baseline, worst)})`,
      ];
    });
    return losses.length > 0
      ? [` ${ABLATION_NAMES[kind]} loses most accuracy ${losses.join(', ')}.`]
      : [];
  });
  return `${onCondition(condition)}: ${patched}.${ablated.join('')}`;
}

function summariseAttributionShares({ distributions, ...condition }: AttributionSection): string {
  const sentences = distributions.map(({ distribution, objects, expectedShare, groups }) => {
    const others = groups
      .filter(({ group }) => !['shape', 'patch', 'item'].includes(group))
      .sort((a, b) => b.share.mean - a.share.mean);
    const [strongest] = others;
    const rest =
      strongest && strongest.share.mean >= 0.1
        ? `, and ${formatWholePercent(strongest.share.mean)} on ${ATTRIBUTION_GROUP_NAMES[strongest.group]}`
        : '';
    const [low, high] = withinShares(expectedShare).interval;
    return (
      `${RANGE_NAMES[distribution]} (${objects} objects), ${formatWholePercent(expectedShare.mean)} (95 % ` +
      `interval ${formatWholePercent(low)} to ${formatWholePercent(high)}) of the effect of cutting single ` +
      'tokens is on the two that binding by symbol needs' +
      rest
    );
  });
  return `${onCondition(condition)}: ${sentences.join('; ')}.`;
}

/** A sentence about the effect of an attention cut, from one group of tokens to another. */
export function summariseCut(
  {
    from,
    to,
    layers,
  }: Pick<Knockout['distributions'][number]['edges'][number], 'from' | 'to' | 'layers'>,
  baseline: Proportion,
  { accuracy, pValue }: AblationEffect,
): string {
  const significance = pValue < 0.05 ? 'a significant change' : 'not a significant change';
  return (
    `Cutting attention from ${from} tokens to ${to} tokens in ${layerRange(...layers)} changes the ` +
    `accuracy from ${withInterval(baseline)} to ${withInterval(accuracy)} of ${baseline.count} ` +
    `queries, ${significance} (p = ${pValue.toPrecision(2)}).`
  );
}

/**
 * One paragraph about the results of the probes.
 *
 * @param only one section; by default all sections of the file
 */
export function summariseProbes(probes: Probes, only?: ProbeSection): string {
  const { model } = probes;
  const summaries = {
    interchange: () => probes.interchange?.map((entry) => summariseInterchange(model, entry)),
    tokens: () => probes.tokens?.map((entry) => summariseTokenPatches(entry)),
    items: () => probes.items?.map((entry) => summariseItemPatches(entry)),
    knockout: () => probes.knockout?.map((entry) => summariseKnockout(entry)),
    linear: () => probes.linear?.map((entry) => summariseLinear(entry)),
    heads: () => probes.heads?.map((entry) => summariseHeadPatches(entry)),
    attribution: () => probes.attribution?.map((entry) => summariseAttributionShares(entry)),
    mixture: () => probes.mixture?.map((entry) => summariseMixtureSection(entry)),
  };
  const sections = only ? [only] : PROBE_SECTIONS;
  return sections.flatMap((section) => summaries[section]() ?? []).join(' ');
}

/** One paragraph that compares models, in the order given. */
export function summariseComparison(
  models: readonly { model: string; figures: InterchangeFigures; ood: Proportion | null }[],
): string {
  return models
    .map(({ model, figures, ood }) => {
      const peak = figures.layers.find(({ layer }) => layer === figures.peakLayer);
      const verdict = VERDICTS[peak ? mechanismOf(peak.shares) : 'unknown'];
      const beyond = ood
        ? `; beyond training it answers ${withInterval(ood)} of ${ood.count} queries correctly`
        : '';
      return (
        `${model} (on ${describeCondition(figures)}, ${figures.objects} objects): ${verdict}, with ` +
        `${describeRatio(figures.ratioAtPeak)} at layer ${figures.peakLayer}${beyond}.`
      );
    })
    .join(' ');
}

/** Of many heads one always has the largest share: a head is named only if this share is certain. */
const MIN_CARRIER_SHARE = 0.05;
