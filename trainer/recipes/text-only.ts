import type { RecipeSource } from './index.ts';

/**
 * The paper's text-only model in its purest form. The associations stand in the context's order, so
 * the k-th colour simply points at the k-th item: perfect inside the trained range, lost outside it.
 */
export const textOnly: RecipeSource = {
  regime: 'text-only',
  description:
    'Text alone, from scratch, 2 to 8 objects, one more whenever 95 % are right. Associations stand ' +
    'in the order of the context, so that position alone is enough to answer.',
  stages: [
    {
      name: 'text',
      steps: 8000,
      learningRate: { peak: 1e-3, warmupSteps: 100, floor: 0.05 },
      objects: { from: 2, to: 8, start: 2, advanceAt: 0.85 },
      mix: [{ share: 1, modality: 'text', order: 'context', questions: { indirect: 1 } }],
    },
  ],
};
