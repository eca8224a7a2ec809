import { join } from 'node:path';
import type { Answers } from '../contract/answers.ts';
import type { ModelCard } from '../contract/card.ts';
import { plotTraining } from '../plots/training.ts';
import { writeAtomically } from '../node/files.ts';
import type { EvaluationResult } from './evaluation.ts';

/** The run's metrics, in a model's folder. */
export const TRAINING_LOG = 'training.jsonl';

/** Right or wrong, query by query, in a model's folder. */
export const ANSWERS_FILE = 'answers.json';

/** Writes down which queries a model got right. */
export function writeAnswers(
  folder: string,
  { files }: ModelCard,
  answers: EvaluationResult['answers'],
) {
  const whole: Answers = { ...answers, digest: files.model.sha256 };
  writeAtomically(join(folder, ANSWERS_FILE), `${JSON.stringify(whole)}\n`);
}

/** Writes a model's card, and the figure of its training, which is drawn from the card alone. */
export function writeCard(folder: string, card: ModelCard): void {
  writeAtomically(join(folder, 'card.json'), `${JSON.stringify(card, null, 2)}\n`);
  writeAtomically(join(folder, 'training.svg'), plotTraining(card));
}
