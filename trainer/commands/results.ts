import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { modelIndexSchema } from '../../contract/card.ts';
import { writeAtomically } from '../checkpoint.ts';
import { resultsDocument } from '../results/document.ts';
import { readJson, readModel, readRuns } from '../results/runs.ts';

export interface ResultsArguments {
  readonly models: string;
  readonly results: string;
  readonly out: string;
}

/** Writes down what all models' cards, answers and probes say. */
export async function runResults({ models, results, out }: ResultsArguments): Promise<void> {
  const index = modelIndexSchema.parse(readJson(join(models, 'index.json')));
  const shipped = index.models.map((id) => readModel(join(models, id)));
  const { runs, failed } = readRuns(results);
  const document = resultsDocument(shipped, runs, [...readRuns(models).failed, ...failed]);
  const config = await resolveConfig(out);
  mkdirSync(dirname(out), { recursive: true });
  writeAtomically(out, await format(document, { ...config, parser: 'markdown' }));
  console.log(`${out} is written`);
}
