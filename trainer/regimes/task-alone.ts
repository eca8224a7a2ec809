import type { RecipeSource, StageSource } from './recipe-source.ts';
import { FEW_NAMES, UP_TO_8 } from './streams.ts';

const REST = {
  // Ten times the 1e-4 of the paper's training, which would need more steps.
  learningRate: { peak: 1e-3, warmupSteps: 100, floor: 1 },
  objects: { ...UP_TO_8, start: UP_TO_8.to, advanceAt: 1, endAt: 0.98 },
  mix: [{ modality: 'text', order: 'shuffled', share: 1, questions: { indirect: 1 } }],
} as const satisfies Omit<StageSource, 'name' | 'steps'>;

/**
 * Nothing but what is known of the paper's text stage: the task alone on shuffled text, 2 to 8 objects from
 * the first step, next-token loss over the whole sequence. No single hops, no growth, no masked attention.
 */
export const taskAloneShuffled: RecipeSource = {
  description:
    'Text alone, from scratch, associations shuffled: the task alone, 2 to 8 objects from the first step, ' +
    'next-token loss over the whole sequence.',
  contextMaskProbability: 0,
  loss: 'sequence',
  stages: [
    {
      name: 'task',
      steps: 7000, // the learning rate is constant, so a longer run begins with the same steps
      vocabulary: FEW_NAMES,
      ...REST,
    },
    { name: 'all-names', steps: 500, ...REST },
  ],
};
