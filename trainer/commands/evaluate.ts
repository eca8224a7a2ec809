import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { modelFacts } from '../../contract/model-facts.ts';
import { openModel } from '../../inference/session.ts';
import { writeAnswers, writeCard } from '../../measurement/card-file.ts';
import { encoderOfCard } from '../../measurement/encoders/index.ts';
import { evaluateForCard } from '../../measurement/evaluation.ts';
import { readCard } from '../../measurement/probe-subject.ts';
import { nodeRuntime } from '../../node/onnx-runtime.ts';
import { withProgressBar } from '../../node/progress.ts';

export interface EvaluateOptions {
  readonly models: string;
  /** See `encoderOfCard`. */
  readonly encoder?: string;
  /** Test queries per number of objects. */
  readonly queries: number;
}

/** Evaluates an exported model again and writes the accuracies into its card. */
export async function runEvaluate(id: string, options: EvaluateOptions): Promise<void> {
  const { models, encoder, queries } = options;
  const card = readCard(models, id);
  const folder = join(models, id);
  const { featureWidth, signature, vocabulary, grid } = modelFacts(card);
  const model = await openModel(await nodeRuntime(), {
    model: readFileSync(join(folder, card.files.model.name)),
    ...(card.kind === 'trained' && (await encoderOfCard(card, folder, encoder))),
    featureWidth,
    ...(signature && { signature }),
  });
  const { evaluation, answers } = await withProgressBar('evaluating', (onProgress) =>
    evaluateForCard(model, { modalities: card.modalities, vocabulary, grid }, queries, onProgress),
  );
  writeCard(folder, { ...card, evaluation });
  writeAnswers(folder, card, answers);
  console.log(`wrote the new accuracies to ${join(folder, 'card.json')}`);
}
