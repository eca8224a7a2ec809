import { join } from 'node:path';
import type { ModelCard } from '../contract/card.ts';
import { plotTraining } from '../plots/training.ts';
import { writeAtomically } from './checkpoint.ts';

/** The run's metrics, in a model's folder. */
export const TRAINING_LOG = 'training.jsonl';

/** Writes a model's card, and the figure of its training, which is drawn from the card alone. */
export function writeCard(folder: string, card: ModelCard): void {
  writeAtomically(join(folder, 'card.json'), `${JSON.stringify(card, null, 2)}\n`);
  writeAtomically(join(folder, 'training.svg'), plotTraining(card));
}
