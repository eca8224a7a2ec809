import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { modelCardSchema, modelIndexSchema } from '../../contract/card.ts';
import { probesSchema } from '../../contract/probes.ts';
import { writeAtomically } from '../checkpoint.ts';
import { resultsDocument } from '../results/document.ts';
import type { ModelResults } from '../results/sections.ts';

export interface ResultsArguments {
  readonly models: string;
  readonly out: string;
}

/** Writes down what all models' cards and probes say. */
export async function runResults({ models, out }: ResultsArguments): Promise<void> {
  const index = modelIndexSchema.parse(readJson(join(models, 'index.json')));
  const document = resultsDocument(index.models.map((id) => readResults(join(models, id))));
  const config = await resolveConfig(out);
  mkdirSync(dirname(out), { recursive: true });
  writeAtomically(out, await format(document, { ...config, parser: 'markdown' }));
  console.log(`${out} is written`);
}

/** Probes of an older model of the same name are left out. */
function readResults(folder: string): ModelResults {
  const card = modelCardSchema.parse(readJson(join(folder, 'card.json')));
  const path = join(folder, 'probes.json');
  if (!existsSync(path)) return { card };
  const probes = probesSchema.parse(readJson(path));
  return probes.digest === card.files.model.sha256 ? { card, probes } : { card };
}

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));
