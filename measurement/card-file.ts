import { join } from 'node:path';
import type { Answers } from '../contract/answers.ts';
import type { ModelCard } from '../contract/card.ts';
import { plotTraining } from '../plots/training.ts';
import { writeAtomically } from '../node/files.ts';
import type { EvaluationResult } from './evaluation.ts';

/** In a model's folder: the metrics of its training run. */
export const TRAINING_LOG = 'training.jsonl';

/** In a model's folder: whether each test answer was correct. */
export const ANSWERS_FILE = 'answers.json';

/** Writes which test queries a model answered correctly. */
export function writeAnswers(
  folder: string,
  { files }: ModelCard,
  answers: EvaluationResult['answers'],
) {
  const content: Answers = { ...answers, digest: files.model.sha256 };
  writeAtomically(join(folder, ANSWERS_FILE), `${JSON.stringify(content)}\n`);
}

/** Writes a model's card and, for a trained model, the figure of its training. */
export function writeCard(folder: string, card: ModelCard): void {
  writeAtomically(join(folder, 'card.json'), `${JSON.stringify(card, null, 2)}\n`);
  if (card.kind === 'trained') {
    writeAtomically(join(folder, 'training.svg'), plotTraining(card));
  }
}
