import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { modelIndexSchema } from '../../contract/card.ts';
import { writeAtomically } from '../checkpoint.ts';
import { resultsDocument } from '../../reports/document.ts';
import { figuresOf } from '../../reports/figures.ts';
import { bindingTable, fillIn, seedsTable, shippedTable } from '../../reports/readme.ts';
import { readJson, readModel, readRuns } from '../../reports/runs.ts';

export interface ResultsArguments {
  readonly models: string;
  readonly results: string;
  readonly out: string;
  readonly readme: string;
}

/** Writes down what all models' cards, answers and probes say. */
export async function runResults({
  models,
  results,
  out,
  readme,
}: ResultsArguments): Promise<void> {
  const index = modelIndexSchema.parse(readJson(join(models, 'index.json')));
  const shipped = index.models.map((id) => readModel(join(models, id)));
  const { runs, failed } = readRuns(results);
  const figures = figuresOf(shipped);
  const failures = [...readRuns(models).failed, ...failed];
  const folder = join(dirname(out), 'figures');
  mkdirSync(folder, { recursive: true });
  for (const { file, svg } of figures) writeAtomically(join(folder, file), svg);
  await writeMarkdown(out, resultsDocument(shipped, runs, failures, figures));
  const parts = {
    models: shippedTable(shipped),
    binding: bindingTable(shipped),
    seeds: seedsTable([...shipped, ...runs]),
  };
  await writeMarkdown(readme, fillIn(readFileSync(readme, 'utf8'), parts));
}

async function writeMarkdown(path: string, text: string): Promise<void> {
  const config = await resolveConfig(path);
  writeAtomically(path, await format(text, { ...config, parser: 'markdown' }));
  console.log(`${path} is written`);
}
