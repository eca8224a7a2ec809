import { totalBudget } from '../contract/card.ts';
import { PROBE_SECTIONS, type ProbeSection } from '../contract/probes.ts';
import { summariseProbes } from '../probes/interpretation.ts';
import { byObjectsTable } from './accuracy.ts';
import { checkpointTable } from './checkpoints.ts';
import { pairedTable } from './gains.ts';
import { code, wholeNumber } from './markdown.ts';
import type { ModelResults } from './model-results.ts';
import type { PairedTest } from './paired.ts';
import { modelPositions } from './positions.ts';
import { SECTION_REPORTS } from './probe-tables.ts';

/**
 * `docs/results/<name>.md`: everything that was measured of one model.
 *
 * @param folder of the model, from the repository's root
 * @param tests all paired tests; those with this model are shown
 */
export function modelPage(
  model: ModelResults,
  folder: string,
  tests: readonly PairedTest[],
): string {
  const { name, card, probes } = model;
  const own = tests.filter(({ before, after }) => before === model || after === model);
  const checkpoints = checkpointTable(model);
  const parts = [
    `# ${name}`,
    `Written by \`npm run results\` from the files in [${folder}](../../${folder}). Square brackets hold 95 % ` +
      'Wilson intervals. [All results](../results.md) explains the terms.',
    facts(model).join('\n'),
    '## Accuracy',
    `Test queries that the model answers correctly, ${wholeNumber(card.evaluation.queriesPerCount)} for each ` +
      'number of objects. ID: 2 to 8 objects, as in training. OOD: more.',
    byObjectsTable(model),
    ...modelPositions(model),
    ...(own.length > 0
      ? [
          '## Compared with other models',
          'Both models answered the same OOD queries of ordered text. p: McNemar, adjusted by Holm over all ' +
            'comparisons of all models.',
          pairedTable(own),
        ]
      : []),
    '## Training',
    `![How ${name} was trained](../../${folder}/training.svg)`,
    ...(checkpoints
      ? [
          'Interchange at the first causal layer at the end of each stage, on validation scenes, with the mean ' +
            'accuracy on more than 8 objects. Stages with few names have no scenes of 32 objects.',
          checkpoints,
        ]
      : []),
    ...(probes ? PROBE_SECTIONS.flatMap((section) => sectionParts(section, probes)) : []),
  ];
  return `${parts.join('\n\n')}\n`;
}

function facts({ card }: ModelResults): string[] {
  const { recipe, training, seed, parameters } = card;
  const { layers, width, heads } = recipe.model;
  const all = totalBudget(training);
  const before = training.lineage.map(({ regime }) => regime);
  return [
    `- **Regime**: ${code(recipe.regime)}, seed ${seed}. ${recipe.description}`,
    `- **Size**: preset ${code(recipe.preset)}, ${layers} layers of width ${width} with ${heads} heads, ` +
      `${wholeNumber(parameters)} parameters.`,
    ...(recipe.encoder
      ? [
          `- **Vision**: encoder ${code(recipe.encoder.name)}, ${recipe.grid} x ${recipe.grid} patches.`,
        ]
      : []),
    `- **Training**: ${wholeNumber(training.steps)} steps` +
      (before.length > 0
        ? ` after ${before.join(' → ')}; ${wholeNumber(all.steps)} steps in all.`
        : '.') +
      ` Engine ${training.engine}. The command, as of commit ${code(training.commit.slice(0, 12))}:`,
    '',
    '```sh',
    training.command,
    '```',
  ];
}

function sectionParts(
  section: ProbeSection,
  probes: NonNullable<ModelResults['probes']>,
): string[] {
  const entries = probes[section];
  if (!entries) return [];
  const seeds = [...new Set(entries.map(({ seed }) => seed))].join(', ');
  const commit = probes.code[section]?.slice(0, 12) ?? 'unknown';
  const { title, tables } = SECTION_REPORTS[section];
  return [
    `## ${title}`,
    summariseProbes(probes, section),
    `Scenes of seed ${seeds}; measured by commit ${code(commit)}.`,
    ...tables(probes).flatMap(({ condition, caption, body }) => [
      `### ${title}: ${condition}`,
      caption,
      body,
    ]),
  ];
}
