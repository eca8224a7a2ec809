import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { modelIndexSchema } from '../contract/card.ts';
import { readJson, writeAtomically } from '../node/files.ts';
import { resultsDocument } from './document.ts';
import { figuresOf } from './figures.ts';
import { bindingTable, fillIn, seedsTable, shippedTable } from './readme.ts';
import { readModel, readRuns } from './runs.ts';

export interface ResultsOptions {
  readonly models: string;
  readonly results: string;
  readonly out: string;
  readonly readme: string;
}

/** Writes the results document, its figures and the README's tables from all cards, answers and probes. */
export async function writeResults({
  models,
  results,
  out,
  readme,
}: ResultsOptions): Promise<void> {
  const index = readJson(join(models, 'index.json'), modelIndexSchema);
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
