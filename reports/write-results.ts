import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { extname, join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { modelIndexSchema } from '../contract/card.ts';
import { readJson, writeAtomically } from '../node/files.ts';
import { plotTraining } from '../plots/training.ts';
import { fourRegimesTable, seedsTable, shippedTable } from './accuracy.ts';
import { ablationTable } from './ablations.ts';
import { attributionTable } from './attribution.ts';
import { figuresOf } from './figures.ts';
import { fillIn } from './fill-in.ts';
import { bindingTable } from './mechanism.ts';
import { mixtureByPlaceTable, mixtureTable } from './mixture.ts';
import {
  knownAnswersTable,
  pretrainedSummary,
  pretrainedTable,
  readPretrained,
} from './pretrained.ts';
import { modelPage } from './model-page.ts';
import { readModel, readRuns } from './model-results.ts';
import { pairedTests } from './paired.ts';
import { readingsTable } from './readings.ts';
import { allModelsPage, resultsPage, summaryTable } from './results-page.ts';

export interface ResultsOptions {
  /** Folder of the shipped models. */
  readonly models: string;
  /** Folder of the figures of other seeds, encoders and sizes. */
  readonly results: string;
  /** Folder that `results.md`, `results/` and `figures/` are written into. */
  readonly docs: string;
  /** The file that the page of language models is made from. */
  readonly summary: string;
  /** Documents whose generated tables are filled in. */
  readonly fill: readonly string[];
}

/** Path to text. */
export type Files = ReadonlyMap<string, string>;

/** Every document and figure that follows from cards, answers and probes; documents not yet formatted. */
export function resultsFiles({ models, results, docs, summary, fill }: ResultsOptions): Files {
  const index = readJson(join(models, 'index.json'), modelIndexSchema);
  const shipped = index.models.map((id) => readModel(join(models, id)));
  const { runs, failed } = readRuns(results);
  const all = [...shipped, ...runs];
  const tests = pairedTests(all);
  const figures = figuresOf(shipped);

  const files = new Map<string, string>();
  for (const { file, svg } of figures) files.set(join(docs, 'figures', file), svg);
  for (const model of all) {
    const folder = join(shipped.includes(model) ? models : results, model.name);
    files.set(join(folder, 'training.svg'), plotTraining(model.card));
    files.set(join(docs, 'results', `${model.name}.md`), modelPage(model, folder, tests));
  }
  const failures = [...readRuns(models).failed, ...failed];
  const input = { models: shipped, others: runs, failed: failures, figures, tests };
  files.set(join(docs, 'results.md'), resultsPage(input));
  files.set(join(docs, 'results/README.md'), allModelsPage(input));
  const pretrained = readPretrained(join(results, 'pretrained'));
  const parts = {
    'four-regimes': fourRegimesTable(all),
    models: shippedTable(shipped),
    binding: bindingTable(shipped),
    summary: summaryTable(tests, 'results.md'),
    seeds: seedsTable(all),
    attribution: attributionTable(shipped),
    mixture: mixtureTable(shipped),
    'mixture-by-place': mixtureByPlaceTable(shipped),
    readings: readingsTable(all),
    ablations: ablationTable(all),
    pretrained: pretrainedTable(pretrained),
    'known-answers': knownAnswersTable(pretrained),
  };
  files.set(summary, `${JSON.stringify(pretrainedSummary(pretrained), null, 2)}\n`);
  for (const path of fill) files.set(path, fillIn(readFileSync(path, 'utf8'), parts));
  return files;
}

/** Writes `resultsFiles`, formatted. */
export async function writeResults(options: ResultsOptions): Promise<void> {
  const files = resultsFiles(options);
  // The pages and figures of a model that is gone go as well.
  for (const folder of ['figures', 'results']) {
    rmSync(join(options.docs, folder), { recursive: true, force: true });
    mkdirSync(join(options.docs, folder), { recursive: true });
  }
  for (const [path, text] of files) {
    writeAtomically(path, await formatted(path, text));
  }
  console.log(`wrote ${files.size} files: ${options.docs}/results.md, its pages and figures`);
}

/** Documents and JSON as Prettier wants them. */
async function formatted(path: string, text: string): Promise<string> {
  const parser = { '.md': 'markdown', '.json': 'json' }[extname(path)];
  if (parser === undefined) return text;
  return format(text, { ...(await resolveConfig('docs/results.md')), parser });
}
