import type { MECHANISMS } from '../contract/interventions.ts';
import {
  ABLATIONS,
  PROBE_SECTIONS,
  type Heads,
  type Interchange,
  type Knockout,
  type AblationEffect,
  type Linear,
  type OutcomeShares,
  type Probes,
  type ProbeSection,
  type TokenInterchange,
} from '../contract/probes.ts';
import type { CountRatio } from '../statistics/ratios.ts';
import type { Proportion } from '../statistics/intervals.ts';

/** Plain readings of what the probes found: sentences made of the figures and of nothing else. */

/** Any entry of a section: what it was measured on. */
type Condition = Pick<Interchange, 'modality' | 'order'>;
type InterchangeLayer = Interchange['layers'][number];

/** An interchange without its breakdowns: of a file, or live. */
export type InterchangeFigures = Omit<
  Interchange,
  'split' | 'seed' | 'layers' | 'byPosition' | 'byDistance'
> & { readonly layers: readonly InterchangeLayer[] };

export type Mechanism = (typeof MECHANISMS)[number];

/**
 * Which mechanism the outcomes at a layer speak for: the one that is certainly more frequent (95 %
 * intervals apart), where the two together are most of all outcomes.
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
  both: 'position and symbol are not told apart',
  neither: 'neither mechanism explains most answers',
  unknown: 'nothing can be said of its mechanism',
};

/** One sentence or several about interchange at the query's last token. */
export function summariseInterchange(model: string, figures: InterchangeFigures): string {
  const { objects, pairs, solved, layers, peakLayer, firstCausalLayer, ratioAtPeak } = figures;
  const where = `${describe(figures)}, ${objects} objects`;
  const peak = layers.find(({ layer }) => layer === peakLayer);
  if (solved === 0 || !peak) {
    return `${where}: ${model} solves none of the ${pairs} pairs, so ${VERDICTS.unknown}.`;
  }
  const { positional, symbolic } = peak.shares;
  const first =
    firstCausalLayer === null
      ? 'No layer moves most answers.'
      : `The first layer that moves most answers is ${firstCausalLayer}.`;
  return (
    `${where}: at layer ${peakLayer}, ${withInterval(positional)} of ${solved} interchange ` +
    `interventions moved the answer to the item at the same position and ` +
    `${withInterval(symbolic)} to the item of the same shape: ` +
    `${VERDICTS[mechanismOf(peak.shares)]}, with ${ratioInWords(ratioAtPeak)}. ${first} ` +
    summariseControls(peak.controls, objects)
  );
}

function summariseControls(
  { random, unrelated }: InterchangeLayer['controls'],
  objects: number,
): string {
  const went = ({ positional, symbolic }: OutcomeShares) =>
    `${percent(positional.accuracy)} and ${percent(symbolic.accuracy)}`;
  return (
    `Of controls of equal norm, random patches moved ${went(random)} of the answers there, and ` +
    `patches from unrelated scenes ${went(unrelated)}; guesses among the items would move one in ` +
    `${objects}.`
  );
}

function summariseTokenPatches({ objects, solved, groups, ...condition }: TokenInterchange) {
  const where = `${describe(condition)}, ${objects} objects`;
  const sites = groups.flatMap(({ token, object, layers }) =>
    layers.map(({ layer, shares }) => ({ token, object, layer, none: shares.unchanged })),
  );
  const strongest = solved > 0 ? maxBy(sites, ({ none }) => -none.accuracy) : undefined;
  if (!strongest) return `${where}: no pair is solved, so its tokens say nothing.`;
  const { token, object, layer, none } = strongest;
  const named = object === 'asked' ? 'asked object' : `${object} candidate`;
  const whose = object === null ? '' : ` of the ${named}`;
  return (
    `${where}: of single tokens before the query, the ${token} token${whose} matters most, at layer ` +
    `${layer}: patching it moved ${percent(1 - none.accuracy)} of ${none.count} answers.`
  );
}

function summariseKnockout({ distributions, ...condition }: Knockout): string {
  const sentences = distributions.map(({ distribution, objects, baseline, edges }) => {
    const worst = maxBy(edges, ({ accuracyDrop }) => accuracyDrop);
    const scenes = `${RANGES[distribution]} (${objects} objects)`;
    // Bonferroni: of many cuts one always looks worst.
    if (!worst || worst.pValue * edges.length > 0.05)
      return `${scenes} no cut surely costs accuracy`;
    const [first, last] = worst.layers;
    return (
      `${scenes} it costs most to keep ${worst.from} tokens from ${worst.to} tokens in ` +
      `${layersInWords(first, last)}: accuracy falls from ${accuracyChange(baseline, worst)}`
    );
  });
  return `${describe(condition)}: ${sentences.join('; ')}.`;
}

function summariseLinear({ objects, probes, ...condition }: Linear): string {
  const features = [...new Set(probes.map(({ feature }) => feature))];
  const sentences = features.flatMap((feature) => {
    const sites = probes
      .filter((probe) => probe.feature === feature)
      .flatMap(({ token, layers }) => layers.map((at) => ({ token, ...at })));
    const best = maxBy(sites, ({ accuracy, control }) => accuracy.accuracy - control.accuracy);
    if (!best) return [];
    const { token, layer, accuracy, control } = best;
    return [
      `${feature} at ${token} tokens, layer ${layer} (${percent(accuracy.accuracy)}, shuffled ` +
        `labels ${percent(control.accuracy)})`,
    ];
  });
  return (
    `${describe(condition)}, ${objects} objects: a linear probe reads best ` +
    `${sentences.join('; ')}.`
  );
}

const ABLATED = {
  zero: 'Silence',
  mean: 'The mean over other scenes in place of the output',
} as const;

function summariseHeadPatches({ interchange, ablation, ...condition }: Heads): string {
  const { heads, solved, objects } = interchange;
  const carrier = (kind: 'positional' | 'symbolic') => {
    const best = maxBy(heads, ({ shares }) => shares[kind].accuracy);
    if (!best || best.shares[kind].interval[0] < CARRIES) return [];
    return [`${nameOf(best)} for the ${kind} answer (${withInterval(best.shares[kind])})`];
  };
  const carriers = [...carrier('positional'), ...carrier('symbolic')];
  const effect = carriers.length > 0 ? `most with ${carriers.join(' and ')}` : 'little';
  const patched =
    solved > 0
      ? `patching one head at ${objects} objects does ${effect}`
      : 'no pair is solved, so patching heads says nothing';
  const ablated = ABLATIONS.flatMap((kind) => {
    const costs = ablation.flatMap(({ kind: of, distribution, baseline, heads: lesions }) => {
      const worst = of === kind ? maxBy(lesions, ({ accuracyDrop }) => accuracyDrop) : undefined;
      if (!worst) return [];
      return [
        `${RANGES[distribution]} that of ${nameOf(worst)} (${accuracyChange(baseline, worst)})`,
      ];
    });
    return costs.length > 0 ? [` ${ABLATED[kind]} costs most: ${costs.join(', ')}.`] : [];
  });
  return `${describe(condition)}: ${patched}.${ablated.join('')}`;
}

/** Attention that was cut just now, from one group of tokens to another. */
export function summariseCut(
  {
    from,
    to,
    layers,
  }: Pick<Knockout['distributions'][number]['edges'][number], 'from' | 'to' | 'layers'>,
  whole: Proportion,
  { accuracy, pValue }: AblationEffect,
): string {
  const surely = pValue < 0.05 ? 'more than chance explains' : 'no more than chance explains';
  return (
    `Keeping ${from} tokens from ${to} tokens in ${layersInWords(...layers)} changes accuracy from ` +
    `${withInterval(whole)} to ${withInterval(accuracy)} of ${whole.count} queries, ${surely} ` +
    `(p = ${pValue.toPrecision(2)}).`
  );
}

/**
 * One paragraph on what the probes found.
 *
 * @param only one section; else all that the file has
 */
export function summariseProbes(probes: Probes, only?: ProbeSection): string {
  const { model } = probes;
  const readers = {
    interchange: () => probes.interchange?.map((entry) => summariseInterchange(model, entry)),
    tokens: () => probes.tokens?.map((entry) => summariseTokenPatches(entry)),
    knockout: () => probes.knockout?.map((entry) => summariseKnockout(entry)),
    linear: () => probes.linear?.map((entry) => summariseLinear(entry)),
    heads: () => probes.heads?.map((entry) => summariseHeadPatches(entry)),
  };
  const sections = only ? [only] : PROBE_SECTIONS;
  return sections.flatMap((section) => readers[section]() ?? []).join(' ');
}

/** One paragraph on models side by side, in the order given. */
export function summariseComparison(
  models: readonly { model: string; figures: InterchangeFigures; ood: Proportion | null }[],
): string {
  return models
    .map(({ model, figures, ood }) => {
      const peak = figures.layers.find(({ layer }) => layer === figures.peakLayer);
      const verdict = VERDICTS[peak ? mechanismOf(peak.shares) : 'unknown'];
      const beyond = ood
        ? `; beyond training it answers ${withInterval(ood)} of ${ood.count} queries rightly`
        : '';
      return (
        `${model} (on ${conditionName(figures)}, ${figures.objects} objects): ${verdict}, with ` +
        `${ratioInWords(figures.ratioAtPeak)} at layer ${figures.peakLayer}${beyond}.`
      );
    })
    .join(' ');
}

/** Of some heads one always looks best: this share at least must be certain for it to be named. */
const CARRIES = 0.05;

const RANGES = { id: 'as in training', ood: 'beyond training' } as const;

/** The beginning of a sentence. */
const describe = (condition: Condition) => `On ${conditionName(condition)}`;

const conditionName = ({ modality, order }: Condition) =>
  `${modality === 'text' ? 'text' : 'pictures'} with associations ` +
  (order === 'context' ? "in the context's order" : 'shuffled');

const layersInWords = (first: number, last: number) =>
  first === last ? `layer ${first}` : `layers ${first} to ${last}`;

const nameOf = ({ layer, head }: { layer: number; head: number }) => `head ${layer}.${head}`;

const accuracyChange = (whole: Proportion, { accuracy }: AblationEffect) =>
  `${percent(whole.accuracy)} to ${percent(accuracy.accuracy)}`;

/** Whole percents, except that what is not quite none or all is not called so. */
export function percent(share: number): string {
  const rounded = Math.round(100 * share);
  if (rounded === 0 && share > 0) return share < 0.001 ? 'under 0.1 %' : `${tenths(share)} %`;
  if (rounded === 100 && share < 1) return share > 0.999 ? 'over 99.9 %' : `${tenths(share)} %`;
  return `${rounded} %`;
}

const tenths = (share: number) => (100 * share).toFixed(1);

function withInterval({ accuracy, interval: [low, high] }: Proportion): string {
  return `${percent(accuracy)} (95 % interval ${percent(low)} to ${percent(high)})`;
}

function ratioInWords({ ratio, interval: [low, high] }: CountRatio): string {
  const range =
    high === null ? `${twoDigits(low)} or more` : `${twoDigits(low)} to ${twoDigits(high)}`;
  return `${twoDigits(ratio)} symbolic outcomes for each positional one (95 % interval ${range})`;
}

/** Two significant digits, and no exponent. */
const twoDigits = (value: number) =>
  value >= 10 ? String(Math.round(value)) : String(Number(value.toPrecision(2)));

/** The first of those that score most; undefined of none. */
function maxBy<T>(candidates: readonly T[], score: (candidate: T) => number): T | undefined {
  return candidates.reduce<T | undefined>(
    (best, candidate) => (best === undefined || score(candidate) > score(best) ? candidate : best),
    undefined,
  );
}
