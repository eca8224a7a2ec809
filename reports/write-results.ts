import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { modelIndexSchema } from '../contract/card.ts';
import { readJson, writeAtomically } from '../node/files.ts';
import { plotTraining } from '../plots/training.ts';
import { fourRegimesTable, seedsTable, shippedTable } from './accuracy.ts';
import { figuresOf } from './figures.ts';
import { fillIn } from './fill-in.ts';
import { bindingTable } from './mechanism.ts';
import { modelPage } from './model-page.ts';
import { readModel, readRuns, type ModelResults } from './model-results.ts';
import { pairedTests } from './paired.ts';
import { resultsPage, summaryTable } from './results-page.ts';

export interface ResultsOptions {
  /** Folder of the shipped models. */
  readonly models: string;
  /** Folder of the figures of other seeds, encoders and sizes. */
  readonly results: string;
  /** Folder that `results.md`, `results/` and `figures/` are written into. */
  readonly docs: string;
  /** Documents whose generated tables are filled in. */
  readonly fill: readonly string[];
}

/** Writes every document and figure that follows from cards, answers and probes. */
export async function writeResults({ models, results, docs, fill }: ResultsOptions): Promise<void> {
  const index = readJson(join(models, 'index.json'), modelIndexSchema);
  const shipped = index.models.map((id) => readModel(join(models, id)));
  const { runs, failed } = readRuns(results);
  const all = [...shipped, ...runs];
  const tests = pairedTests(all);
  const figures = figuresOf(shipped);

  const written = new Map<string, string>();
  for (const { file, svg } of figures) written.set(join(docs, 'figures', file), svg);
  const folderOf = (model: ModelResults) =>
    join(shipped.includes(model) ? models : results, model.name);
  for (const model of all) {
    written.set(join(folderOf(model), 'training.svg'), plotTraining(model.card));
    const page = modelPage(model, folderOf(model), tests);
    written.set(join(docs, 'results', `${model.name}.md`), await formatted(page));
  }
  const failures = [...readRuns(models).failed, ...failed];
  const page = resultsPage({ models: shipped, others: runs, failed: failures, figures, tests });
  written.set(join(docs, 'results.md'), await formatted(page));
  const parts = {
    'four-regimes': fourRegimesTable(all),
    models: shippedTable(shipped),
    binding: bindingTable(shipped),
    summary: summaryTable(tests, 'results.md'),
    seeds: seedsTable(all),
  };
  for (const path of fill) {
    written.set(path, await formatted(fillIn(readFileSync(path, 'utf8'), parts)));
  }

  // A model that is gone leaves no page behind.
  for (const folder of ['figures', 'results']) {
    rmSync(join(docs, folder), { recursive: true, force: true });
    mkdirSync(join(docs, folder), { recursive: true });
  }
  for (const [path, text] of written) writeAtomically(path, text);
  console.log(`wrote ${written.size} files: ${docs}/results.md, its pages and figures`);
}

async function formatted(text: string): Promise<string> {
  const config = await resolveConfig('docs/results.md');
  return format(text, { ...config, parser: 'markdown' });
}
