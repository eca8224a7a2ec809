import { PROBE_SECTIONS, RATIO_RULE, type ProbeSection } from '../contract/probes.ts';
import { summariseProbes } from '../probes/interpretation.ts';
import { DEFAULT_ENCODER } from '../trainer/run-key.ts';
import type { Figure } from './figures.ts';
import { checkpointTable, readCheckpoints } from './checkpoints.ts';
import { mechanismTable, readMechanisms } from './mechanism.ts';
import { gainsOverSeeds, pairedTable, pairedTests, readPaired } from './paired.ts';
import type { FailedRun, ModelResults } from './runs.ts';
import { budgets, overview, readBudgets, readOverview, SECTION_TABLES } from './sections.ts';
import { readRegimes, regimesTable } from './seeds.ts';

const TITLES: Readonly<Record<ProbeSection, string>> = {
  interchange: 'Interchange at the query',
  tokens: 'Interchange at other tokens',
  knockout: 'Attention knockout',
  linear: 'Linear probes',
  heads: 'Single heads',
};

/**
 * `docs/results.md`: every figure is read from the cards and the probes' files.
 *
 * @param models those that are shipped
 * @param others of other seeds, encoders and sizes, of which the measurements alone are kept
 * @param figures in the folder `figures` beside it
 */
export function resultsDocument(
  models: readonly ModelResults[],
  others: readonly ModelResults[],
  failed: readonly FailedRun[],
  figures: readonly Figure[],
): string {
  const all = [...models, ...others];
  const tests = pairedTests(all);
  const parts = [
    '# Results',
    'Written by `npm run results` from the cards, answers and probes in `models/` (seed 0, shipped) ' +
      'and `results/` (other seeds, encoders and sizes); sentences are made from the figures. Square brackets ' +
      'hold 95 % Wilson intervals. A variant differs from what is usual: the size pocket with its number of ' +
      `patches, and the encoder ${DEFAULT_ENCODER}.`,
    '## Regimes over seeds',
    'Accuracy on text with the associations in the order of the context, where nothing else is said. ' +
      'ID: 2 to 8 objects; OOD: the mean over 9, 10, 12, 16, 20, 24 and 32. Means over seeds, in ' +
      'brackets 95 % t-intervals. Conflict: shuffled text of 2 to 8 objects where the place of the ' +
      'object points at the wrong pair; which of the two the model answers by.',
    regimesTable(all),
    readRegimes(all),
    ...figures.map(({ file, title }) => `![${title}](figures/${file})`),
    ...failed.map(({ name, reason }) => `${name} has no figures: ${reason}.`),
    '### The mechanism, run by run',
    mechanismTable(all),
    readMechanisms(all),
    '### Paired comparisons',
    'The same OOD queries answered by two models of one seed; exact McNemar tests, Holm-adjusted. They say ' +
      'what holds of these two models, and the table after them what may be expected of another seed: the ' +
      'mean gain over seeds with a 95 % t-interval, wide where seeds are few.',
    pairedTable(tests),
    gainsOverSeeds(tests),
    readPaired(tests),
    '### While it forms',
    'The last reading in every stage, on validation scenes: outcomes of interchange at the first causal layer, and ' +
      'the mean accuracy over 9 to 32 objects. Stages with too few names for 32 objects have it over fewer.',
    checkpointTable(all),
    readCheckpoints(all),
    '## Model, mechanism, generalisation',
    'Symbolic and positional: shares of interchanges at the layer of largest effect. ' +
      `Ratio: ${RATIO_RULE}. ID: up to 8 objects, OOD: 9 to 32.`,
    overview(models),
    readOverview(models),
    '### Training budgets',
    budgets(models),
    readBudgets(models),
    '### Training',
    ...models.map(({ card: { id } }) => `![How ${id} was trained](../models/${id}/training.svg)`),
    ...PROBE_SECTIONS.flatMap((section) => sectionParts(section, models)),
  ];
  return `${parts.join('\n\n')}\n`;
}

function sectionParts(section: ProbeSection, models: readonly ModelResults[]): string[] {
  const parts = models.flatMap(({ card, probes }) => {
    if (!probes?.[section]) return [];
    const tables = SECTION_TABLES[section](probes).flatMap(({ title, body }) => [
      `#### ${card.id}: ${title}`,
      body,
    ]);
    const seeds = new Set(probes[section].map(({ seed }) => seed));
    const origin = `Seed ${[...seeds].join(', ')}, code ${probes.code[section] ?? 'unknown'}.`;
    return [
      `### ${card.id}: ${TITLES[section]}`,
      summariseProbes(probes, section),
      origin,
      ...tables,
    ];
  });
  return parts.length > 0 ? [`## ${TITLES[section]}`, ...parts] : [];
}
