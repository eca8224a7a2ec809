import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SingleBar } from 'cli-progress';
import { modelCardSchema } from '../../contract/card.ts';
import { openModel } from '../../inference/session.ts';
import { writeAtomically } from '../checkpoint.ts';
import { evaluateForCard } from '../evaluation.ts';

export interface EvaluateArguments {
  readonly models: string;
  readonly queries: number;
}

/** Measures a shipped model again, on the files as they are, and writes the figures into its card. */
export async function runEvaluate(id: string, options: EvaluateArguments): Promise<void> {
  const file = (name: string) => join(options.models, id, name);
  const card = modelCardSchema.parse(JSON.parse(readFileSync(file('card.json'), 'utf8')));
  const { model, encoder } = card.files;
  const runner = await openModel(await import('onnxruntime-node'), {
    model: readFileSync(file(model.name)),
    ...(encoder && { encoder: readFileSync(file(encoder.name)) }),
    featureWidth: encoder ? card.recipe.model.patchFeatures : 0,
  });
  const bar = new SingleBar({ format: 'evaluating {bar} {percentage}% | {eta_formatted} left' });
  bar.start(100, 0);
  const evaluation = await evaluateForCard(runner, card, options.queries, (done) => {
    bar.update(Math.round(100 * done));
  }).finally(() => {
    bar.stop();
  });
  writeAtomically(file('card.json'), `${JSON.stringify({ ...card, evaluation }, null, 2)}\n`);
  console.log(`${file('card.json')} has the new figures`);
}
