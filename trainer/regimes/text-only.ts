import { FEW_NAMES, TEXT, textStage, UP_TO_8 } from './streams.ts';
import type { RecipeSource } from './index.ts';

type StageSource = RecipeSource['stages'][number];

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

function inMixedOrder(stage: StageSource): StageSource {
  return {
    ...stage,
    mix: [
      { ...TEXT, share: 9 },
      { ...TEXT, order: 'shuffled', share: 1 },
    ],
  };
}

/** How much of the shortcut is left when position is wrong now and then? A share that is ours. */
export const mixedText: RecipeSource = {
  regime: 'mixed-text',
  description:
    'Ablation: as text-only, with the associations shuffled in a tenth of the text, where position ' +
    'does not help.',
  stages: [inMixedOrder(textOnly.stages[0]), ...textOnly.stages.slice(1).map(inMixedOrder)],
};
