import { FEW_NAMES, TEXT, textStage, UP_TO_8 } from './streams.ts';
import type { RecipeSource } from './index.ts';

/**
 * The paper's text-only model in its purest form. The associations stand in the context's order, so
 * the k-th colour simply points at the k-th item: perfect inside the trained range, lost outside it.
 */
export const textOnly: RecipeSource = {
  regime: 'text-only',
  description:
    'Text alone, from scratch, 2 to 8 objects, one more whenever the model masters what it has. ' +
    'Associations stand in the order of the context, so that position alone is enough to answer.',
  stages: [
    {
      name: 'text',
      steps: 5000,
      vocabulary: FEW_NAMES,
      learningRate: { peak: 1e-3, warmupSteps: 100, floor: 0.6 },
      objects: { ...UP_TO_8, start: 2, advanceAt: 0.85, endAt: 0.98 },
      mix: [{ ...TEXT, share: 1 }],
    },
    textStage('all-names', 1500),
  ],
};
