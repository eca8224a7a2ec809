import { PROBE_SECTIONS, RATIO_RULE, type ProbeSection } from '../../contract/probes.ts';
import { readProbes } from '../../probes/reading.ts';
import { budgets, overview, SECTION_TABLES, type ModelResults } from './sections.ts';

const TITLES: Readonly<Record<ProbeSection, string>> = {
  interchange: 'Interchange at the query',
  tokens: 'Interchange at other tokens',
  knockout: 'Attention knockout',
  linear: 'Linear probes',
  heads: 'Single heads',
};

/** `docs/results.md`: every figure is read from the cards and the probes' files. */
export function resultsDocument(models: readonly ModelResults[]): string {
  const parts = [
    '# Results',
    'Written by `npm run results` from `models/*/card.json` and `models/*/probes.json`; sentences are ' +
      'made from the figures. Square brackets hold 95 % Wilson intervals.',
    '## Model, mechanism, generalisation',
    'Symbolic and positional: shares of interchanges at the layer of largest effect. ' +
      `Ratio: ${RATIO_RULE}. ID: up to 8 objects, OOD: 9 to 32.`,
    overview(models),
    '### Training budgets',
    budgets(models),
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
    return [`### ${card.id}: ${TITLES[section]}`, readProbes(probes, section), origin, ...tables];
  });
  return parts.length > 0 ? [`## ${TITLES[section]}`, ...parts] : [];
}
