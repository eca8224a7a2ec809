import type { RecipeSource } from './recipe-source.ts';
import { FEW_NAMES, HOPS_ON_SHUFFLED_TEXT, NOISE, UP_TO_8 } from './streams.ts';

const SHUFFLED = { modality: 'text', order: 'shuffled' } as const;

/**
 * Most gaps among the associations. The paper's noise leaves associations contiguous, so that those of
 * more than eight objects are farther from the question than any in training: 32 take 64 positions.
 */
const ASSOCIATION_NOISE = 80;

/**
 * Symbolic without a picture, which the paper leaves open. Shuffled associations remove the positional
 * shortcut; one-hop questions come first, since the two hops never form together; gaps in the position
 * ids come last, so that all distances of larger scenes occur in training.
 */
export const textSymbolic: RecipeSource = {
  description:
    'Text alone, from scratch, associations shuffled: one-hop questions first, then the task, then ' +
    'the full vocabulary with up to 200 gaps in the position ids. No picture.',
  stages: [
    HOPS_ON_SHUFFLED_TEXT,
    {
      name: 'text',
      steps: 1500,
      vocabulary: FEW_NAMES,
      learningRate: { peak: 2e-3, warmupSteps: 20, floor: 0.6 },
      objects: { ...UP_TO_8, start: 4, advanceAt: 0.9, endAt: 0.99 },
      mix: [{ ...SHUFFLED, share: 1, questions: { indirect: 3, association: 1, shape: 1 } }],
    },
    {
      name: 'gaps',
      steps: 3500,
      learningRate: { peak: 1.5e-3, warmupSteps: 20, floor: 0.05 },
      objects: { ...UP_TO_8, start: 8, advanceAt: 0.9 },
      mix: [
        {
          ...SHUFFLED,
          share: 4,
          maxPositionGaps: NOISE,
          maxAssociationGaps: ASSOCIATION_NOISE,
          questions: { indirect: 3, association: 1, shape: 1 },
        },
        { ...SHUFFLED, share: 1, questions: { indirect: 3, association: 1, shape: 1 } },
      ],
    },
  ],
};
