import { ATTRIBUTION_GROUPS, type AttributionSection } from '../contract/attribution-section.ts';
import { type Knockout } from '../contract/knockout-section.ts';
import {
  CONTROLS,
  OUTCOMES,
  type Heads,
  type Interchange,
  type ItemInterchange,
  type Linear,
  type OutcomeShares,
  type Probes,
  type ProbeSection,
  type TokenInterchange,
} from '../contract/probes.ts';
import { formatPercent, formatPercentInterval } from '../statistics/format.ts';
import { withinShares, type Mean, type Proportion } from '../statistics/intervals.ts';
import { accuracyDropCell, percentDigits, table, withInterval } from './markdown.ts';
import { mixtureLayers } from './mixture.ts';
import { conditionInWords } from './model-results.ts';

/** What a section of a probes file measured under one condition. */
export interface ProbeTable {
  readonly condition: string;
  /** What the cells are. */
  readonly caption: string;
  readonly body: string;
}

/** How a section of a probes file is shown. */
interface SectionReport {
  readonly title: string;
  /** One table for each condition. */
  readonly tables: (probes: Probes) => ProbeTable[];
}

export const SECTION_REPORTS: Readonly<Record<ProbeSection, SectionReport>> = {
  interchange: {
    title: 'Interchange at the query',
    tables: ({ interchange = [] }) => interchange.map(interchangeTable),
  },
  tokens: {
    title: 'Interchange at other tokens',
    tables: ({ tokens = [] }) => tokens.map(tokensTable),
  },
  items: {
    title: 'Interchange at the items',
    tables: ({ items = [] }) => items.map(itemsTable),
  },
  knockout: {
    title: 'Attention knockout',
    tables: ({ knockout = [] }) => knockout.map(knockoutTable),
  },
  linear: { title: 'Linear probes', tables: ({ linear = [] }) => linear.map(linearTable) },
  heads: { title: 'Single heads', tables: ({ heads = [] }) => heads.map(headsTable) },
  attribution: {
    title: 'Tokens that an answer depends on',
    tables: ({ attribution = [] }) => attribution.flatMap(attributionTables),
  },
  mixture: {
    title: 'Mixture of mechanisms',
    tables: ({ mixture = [] }) => mixture.map(mixtureLayers),
  },
};

const outcomeCells = (shares: OutcomeShares): string[] =>
  OUTCOMES.map((outcome) => percentDigits(shares[outcome].accuracy));

function interchangeTable({ layers, pairs, solved, ...condition }: Interchange): ProbeTable {
  const directed = ({ positional, symbolic, unchanged }: OutcomeShares) =>
    [positional, symbolic, unchanged].map(({ accuracy }) => percentDigits(accuracy)).join(' / ');
  const rows = layers.map(({ layer, shares, controls }) => [
    String(layer),
    ...outcomeCells(shares),
    ...CONTROLS.map((control) => directed(controls[control])),
  ]);
  return {
    condition: conditionInWords(condition),
    caption:
      `Percent of the ${solved} pairs (of ${pairs}) that the model solves. The last two columns are controls ` +
      'of the same norm, a random direction and the same token of an unrelated scene: positional / symbolic / ' +
      'unchanged.',
    body: table(['layer', ...OUTCOMES, ...CONTROLS], rows),
  };
}

function tokensTable({ groups, solved, pairs, ...condition }: TokenInterchange): ProbeTable {
  const rows = groups.flatMap(({ token, object, layers }) => {
    const [first, ...rest] = layers;
    if (!first) return [];
    const strongest = rest.reduce(
      (best, layer) =>
        layer.shares.unchanged.accuracy < best.shares.unchanged.accuracy ? layer : best,
      first,
    );
    return [[token, object ?? '-', String(strongest.layer), ...outcomeCells(strongest.shares)]];
  });
  return {
    condition: conditionInWords(condition),
    caption: `Percent of ${solved} solved pairs (of ${pairs}), at the layer where fewest answers stay unchanged.`,
    body: table(['token', 'of object', 'layer', ...OUTCOMES], rows),
  };
}

function itemsTable({ groups, solved, pairs, ...condition }: ItemInterchange): ProbeTable {
  const cells = ({ symbolic, positional, unchanged, other }: OutcomeShares) =>
    [symbolic, positional, unchanged, other].map(({ accuracy }) => percentDigits(accuracy));
  const rows = groups.flatMap(({ tokens, layers }) =>
    layers.map(({ layer, shares, random }) => [
      tokens,
      String(layer),
      ...cells(shares),
      cells(random).join(' / '),
    ]),
  );
  return {
    condition: conditionInWords(condition),
    caption:
      `Percent of the ${solved} pairs (of ${pairs}) that the model solves. All tokens of one kind are patched ` +
      'together. Symbolic: the item whose shape has the asked colour in the counterfactual; positional: the ' +
      'item whose shape has the position of the object asked about. The last column is a control: random ' +
      'vectors of the same norms, symbolic / positional / unchanged / other.',
    body: table(
      ['tokens', 'layer', 'symbolic', 'positional', 'unchanged', 'other', 'random'],
      rows,
    ),
  };
}

function knockoutTable({ distributions, window, ...condition }: Knockout): ProbeTable {
  const pairs = distributions.flatMap(({ edges }) =>
    edges.map(({ from, to }) => `${from} -> ${to}`),
  );
  const rows = [...new Set(pairs)].map((pair) => [
    pair,
    ...distributions.flatMap(({ edges }) => {
      const cuts = edges.filter(({ from, to }) => `${from} -> ${to}` === pair);
      const last = Math.max(...edges.map(({ layers }) => layers[1]));
      const coversAll = ({ layers: [first, end] }: (typeof edges)[number]) =>
        first === 0 && end === last;
      const [everywhere] = cuts.filter(coversAll);
      const [worst] = cuts
        .filter((cut) => !coversAll(cut))
        .sort((a, b) => b.accuracyDrop - a.accuracyDrop);
      return [
        everywhere ? accuracyDropCell(everywhere, edges.length) : '-',
        worst ? `${accuracyDropCell(worst, edges.length)} (${worst.layers.join('-')})` : '-',
      ];
    }),
  ]);
  const columns = distributions.flatMap(({ distribution }) => [
    `${distribution.toUpperCase()}: all layers`,
    `worst ${window} layers`,
  ]);
  return {
    condition: conditionInWords(condition),
    caption: dropCaption(distributions),
    body: table(['attention from -> to', ...columns], rows),
  };
}

interface Measured {
  readonly distribution: 'id' | 'ood';
  readonly objects: number;
  readonly baseline: Proportion;
}

function dropCaption(distributions: readonly Measured[]): string {
  const unablated = distributions.map(
    ({ distribution, objects, baseline }) =>
      `${distribution.toUpperCase()} (${objects} objects) ${withInterval(baseline)}`,
  );
  return (
    `Percentage points of accuracy that the model loses. Without an ablation it has ${unablated.join('; ')}. ` +
    'Bold: significant after Bonferroni correction (McNemar, p < 0.05).'
  );
}

function linearTable({ probes, trainSamples, testSamples, ...condition }: Linear): ProbeTable {
  const layers = probes[0]?.layers.map(({ layer }) => `layer ${layer}`) ?? [];
  const rows = probes.map(({ token, feature, chance, layers: scores }) => [
    token,
    feature,
    ...scores.map(({ accuracy }) => percentDigits(accuracy.accuracy)),
    percentDigits(Math.max(...scores.map(({ control }) => control.accuracy))),
    percentDigits(chance),
  ]);
  return {
    condition: conditionInWords(condition),
    caption:
      `Percent of ${testSamples} held-out tokens that a linear probe reads correctly, after it was fitted to ` +
      `${trainSamples} tokens.`,
    body: table(['token', 'feature', ...layers, 'shuffled labels, at most', 'chance'], rows),
  };
}

function headsTable({ interchange, ablation, ...condition }: Heads): ProbeTable {
  const rows = interchange.heads.map(({ layer, head, shares }) => [
    `${layer}.${head}`,
    ...outcomeCells(shares),
    ...ablation.map(({ heads }) => {
      const own = heads.find((effect) => effect.layer === layer && effect.head === head);
      return own ? accuracyDropCell(own, heads.length) : '-';
    }),
  ]);
  const columns = ablation.map(
    ({ kind, distribution }) => `${distribution.toUpperCase()} drop, ${kind} ablation`,
  );
  return {
    condition: conditionInWords(condition),
    caption:
      `Outcomes of patching one head, in percent of ${interchange.solved} solved pairs (of ` +
      `${interchange.pairs}). ${dropCaption(ablation.filter(({ kind }) => kind === 'zero'))}`,
    body: table(['head', ...OUTCOMES, ...columns], rows),
  };
}

function attributionTables({ distributions, ...condition }: AttributionSection): ProbeTable[] {
  const head = distributions.map(({ distribution, objects }) => {
    return `${distribution.toUpperCase()} (${objects} objects)`;
  });
  const groups = ATTRIBUTION_GROUPS.flatMap((group) => {
    const cells = distributions.map((measured) => {
      const found = measured.groups.find((one) => one.group === group);
      return found ? meanCell(found.share) : '-';
    });
    return cells.some((cell) => cell !== '-') ? [[group, ...cells]] : [];
  });
  const expected = distributions.map(({ expectedShare }) => `**${meanCell(expectedShare)}**`);
  const layers =
    distributions[0]?.layers[0]?.effects.map((_, layer) => `from layer ${layer}`) ?? [];
  const rows = distributions.flatMap(({ distribution, layers: followed }) =>
    followed.map(({ token, effects }) => [
      `${distribution.toUpperCase()}: ${token}`,
      ...effects.map(({ mean }) => percentDigits(mean)),
    ]),
  );
  const answered = distributions.map(
    ({ distribution, queries, baseline }) =>
      `${distribution.toUpperCase()} ${withInterval(baseline)} of ${queries} queries`,
  );
  return [
    {
      condition: conditionInWords(condition),
      caption:
        "Share of the effect on the model's own answer, right or wrong, when the attention of the question's " +
        'last token is cut to one token at a time. `expected` is the shape or patch of the object asked about, ' +
        `and its item. Correct without a cut: ${answered.join('; ')}.`,
      body: table(['token', ...head], [['**expected**', ...expected], ...groups]),
    },
    {
      condition: `${conditionInWords(condition)}, by layer`,
      caption:
        'Percent of the probability of the answer that is lost when attention to a token is cut in a layer and ' +
        'all later ones: the shape or patch asked about (`context`), and the item that is answered (`answer`).',
      body: table(['token', ...layers], rows),
    },
  ];
}

/** `88.6 % [86.3, 90.9]`, of shares. */
export function meanCell(share: Mean): string {
  const { mean, interval } = withinShares(share);
  return `${formatPercent(mean)} ${formatPercentInterval(interval)}`;
}
