import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { featureWidthOf, modelCardSchema } from '../../contract/card.ts';
import { openModel } from '../../inference/session.ts';
import { writeAnswers, writeCard } from '../../measurement/card-file.ts';
import { encoderOfCard } from '../encoders/index.ts';
import { evaluateForCard } from '../../measurement/evaluation.ts';
import { nodeRuntime } from '../../node/onnx-runtime.ts';
import { withProgressBar } from '../../node/progress.ts';

export interface EvaluateArguments {
  readonly models: string;
  /** See `encoderOfCard`. */
  readonly encoder?: string;
  readonly queries: number;
}

/** Measures a shipped model again, on the files as they are, and writes the figures into its card. */
export async function runEvaluate(id: string, options: EvaluateArguments): Promise<void> {
  const file = (name: string) => join(options.models, id, name);
  const card = modelCardSchema.parse(JSON.parse(readFileSync(file('card.json'), 'utf8')));
  const runner = await openModel(await nodeRuntime(), {
    model: readFileSync(file(card.files.model.name)),
    ...(await encoderOfCard(card, join(options.models, id), options.encoder)),
    featureWidth: featureWidthOf(card),
  });
  const { evaluation, answers } = await withProgressBar('evaluating', (onProgress) =>
    evaluateForCard(runner, card, options.queries, onProgress),
  );
  writeCard(join(options.models, id), { ...card, evaluation });
  writeAnswers(join(options.models, id), card, answers);
  console.log(`${file('card.json')} has the new figures`);
}
