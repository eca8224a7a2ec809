import { RATIO_RULE } from '../contract/probes.ts';
import { allRegimesTable, conflictTable, regimeTable, seedsTable } from './accuracy.ts';
import { budgetTable, readBudgets } from './budgets.ts';
import { readCheckpoints } from './checkpoints.ts';
import type { Figure } from './figures.ts';
import { conclude, gainInPoints, gainsOf, gainTable, readGains } from './gains.ts';
import { code, table } from './markdown.ts';
import { bindingTable, itemBinding, mechanismCounts, ratioAndOod } from './mechanism.ts';
import { variantOf, type FailedRun, type ModelResults } from './model-results.ts';
import type { PairedTest } from './paired.ts';
import { positionParts } from './positions.ts';
import { QUESTIONS, type Question } from './questions.ts';
import { isAblation } from '../trainer/regimes/ablations.ts';
import { PAPER_REGIMES } from '../trainer/regimes/index.ts';
import { bySeed } from './seeds.ts';

export interface ResultsPageInput {
  /** Shipped models, seed 0. */
  readonly models: readonly ModelResults[];
  /** Other seeds, encoders and sizes, of which only the measurements are kept. */
  readonly others: readonly ModelResults[];
  readonly failed: readonly FailedRun[];
  readonly figures: readonly Figure[];
  readonly tests: readonly PairedTest[];
}

/** `docs/results.md`: the questions of the paper, each with its tables. No figure is written by hand. */
export function resultsPage({ models, others, figures, tests }: ResultsPageInput): string {
  const all = [...models, ...others];
  const parts = [
    '# Results',
    'Written by `npm run results` from the cards, answers and probes in `models/` (seed 0, shipped) and ' +
      '`results/` (other seeds, encoders and sizes). [science.md](science.md) says what the figures mean, ' +
      '[task.md](task.md) what is asked. [All models](results/README.md) lists every regime and the page of ' +
      'every model.',
    TERMS.join('\n'),
    '## In short',
    summaryTable(tests),
    ...QUESTIONS.flatMap((question, index) => [
      ...questionParts(question, all, tests),
      ...(index === 0 ? accuracyFigures(figures) : []),
    ]),
    ...bindingParts(models, all, figures),
    ...positionParts(all.filter(isShownByPosition)),
    ...figures
      .filter(({ file }) => file.startsWith('position'))
      .map(({ file, title }) => `![${title}](figures/${file})`),
    '## What did the training cost?',
    'Seconds are those of one core that did other work as well. A regime continues the models that it starts ' +
      'from, so their cost comes on top.',
    budgetTable(models),
    readBudgets(models),
  ];
  return `${parts.filter(Boolean).join('\n\n')}\n`;
}

/** `docs/results/README.md`: every regime in every condition, and the page of every model beside it. */
export function allModelsPage({ models, others, failed }: ResultsPageInput): string {
  const parts = [
    '# All models',
    'Written by `npm run results`. Each model has a page here with its accuracy by number of objects, its ' +
      'training, and all probes. [results.md](../results.md) compares them and explains the words.',
    '## Pages',
    modelList(models, others),
    ...failed.map(({ name, reason }) => `${code(name)} has no results: ${reason}.`),
    '## Accuracy',
    'Every condition of every regime, as means over seeds. Text is ordered where nothing else is said.',
    allRegimesTable([...models, ...others]),
  ];
  return `${parts.filter(Boolean).join('\n\n')}\n`;
}

/** Seed 0 of the paper's regimes, in both readings of the order of associations, and of two controls. */
const isShownByPosition = (model: ModelResults): boolean =>
  ['', 'paper size'].includes(variantOf(model)) &&
  model.card.seed === 0 &&
  SHOWN_BY_POSITION.includes(model.card.recipe.regime);
const SHOWN_BY_POSITION: readonly string[] = [
  ...PAPER_REGIMES,
  ...PAPER_REGIMES.map((regime) => `${regime}-shuffled`),
  ...['shuffled-text', 'text-symbolic'],
];

const TERMS = [
  '- **ID** (in distribution): mean accuracy over 2 to 8 objects, as in training. **OOD** (out of distribution): ' +
    'mean over 9, 10, 12, 16, 20, 24 and 32 objects.',
  '- **Ordered text**: the associations have the order of the context, so position alone is enough to answer. ' +
    '**Shuffled text**: they have a random order.',
  '- **Square brackets** hold 95 % intervals: t-intervals where a figure is a mean over seeds, else Wilson ' +
    'intervals. A mean of one seed has none.',
  '- **Variant**: how a model differs from the usual one (size `pocket`, encoder `random`, 6 x 6 patches).',
  '- **Paired test**: two models of one seed answered the same OOD queries of ordered text; exact McNemar test, ' +
    'adjusted by Holm over all tests on this page.',
  '- **Gain**: the mean difference in OOD accuracy over seeds. Paired tests speak of these very models; the ' +
    'interval of a gain says what to expect of another seed.',
];

/**
 * The contrasts of every question, at the usual size.
 *
 * @param page that has the sections, where it is another one
 */
export function summaryTable(tests: readonly PairedTest[], page = ''): string {
  const rows = QUESTIONS.flatMap(({ title, contrasts }) =>
    gainsOf(contrasts, tests)
      .filter(({ variant }) => variant === '')
      .map((gain, index) => [
        index === 0 ? `[${title}](${page}#${anchorOf(title)})` : '',
        `${code(gain.contrast.before)} → ${code(gain.contrast.after)}`,
        gainInPoints(gain),
        conclude(gain),
      ]),
  );
  return table(['question', 'comparison', 'OOD gain, points', 'conclusion'], rows);
}

/** GitHub's address of a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');

function questionParts(
  { title, explanation, contrasts, regimes }: Question,
  runs: readonly ModelResults[],
  tests: readonly PairedTest[],
): string[] {
  const groups = bySeed(runs).filter(({ regime }) => regimes.some((one) => one === regime));
  const gains = gainsOf(contrasts, tests);
  if (groups.length === 0) return [];
  return [
    `## ${title}`,
    explanation,
    regimeTable(groups),
    ...(gains.length > 0 ? [gainTable(gains), readGains(gains)] : []),
  ];
}

const accuracyFigures = (figures: readonly Figure[]): string[] =>
  figures
    .filter(({ file }) => file.startsWith('accuracy-text-context'))
    .map(({ file, title }) => `![${title}](figures/${file})`);

function bindingParts(
  models: readonly ModelResults[],
  runs: readonly ModelResults[],
  figures: readonly Figure[],
): string[] {
  return [
    '## Does a model bind by position or by symbol?',
    "An interchange copies one layer's activation at the question from another prompt, in which position and " +
      'shape point at different items, and looks at which item comes out ([science.md](science.md)). The peak ' +
      'layer is the one of largest effect, the first causal layer the first at which most answers change. Ratio: ' +
      `${RATIO_RULE}.`,
    bindingTable(models),
    'Over all runs, shipped or not, by what they were trained on last. A run counts where it solves at least 32 ' +
      'pairs:',
    mechanismCounts(runs),
    ...figures
      .filter(({ file }) => file.startsWith('mechanism'))
      .map(({ file, title }) => `![${title}](figures/${file})`),
    '### Every seed',
    seedsTable(runs),
    '### At the items',
    'A model can also bind at the associations, while it reads them, where an interchange at the query does not ' +
      'see it. So all associations are patched from another context, at every layer ([science.md](science.md)).',
    itemBinding(runs),
    '### Where position and symbol disagree',
    'The same question asked of the input instead of the inside: shuffled text of 2 to 8 objects in which the ' +
      'position of the object points at a wrong pair. Does the answer follow the position or the shape? Ablations are left out.',
    conflictTable(runs.filter(({ card }) => !isAblation(card.recipe.regime))),
    '### Does the ratio predict accuracy beyond training?',
    ratioAndOod(runs),
    readCheckpoints(runs),
  ];
}

function modelList(models: readonly ModelResults[], others: readonly ModelResults[]): string {
  const link = ({ name }: ModelResults) => `[${name}](${name}.md)`;
  const groups = bySeed(others);
  const single = groups.filter(({ runs }) => runs.length === 1);
  return [
    `- Shipped: ${models.map(link).join(', ')}.`,
    ...groups
      .filter((group) => !single.includes(group))
      .map(({ name, runs }) => `- ${code(name)}: ${runs.map(link).join(', ')}.`),
    ...(single.length > 0
      ? [`- One run each: ${single.flatMap(({ runs }) => runs.map(link)).join(', ')}.`]
      : []),
  ].join('\n');
}
