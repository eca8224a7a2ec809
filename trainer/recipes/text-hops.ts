import type { RecipeSource } from './index.ts';

/**
 * The control of `image-text`: the same start, the same text and about as many steps, but no picture.
 * Whatever the colour-to-shape question does by itself shows here.
 */
export const textHops: RecipeSource = {
  regime: 'text-hops',
  description:
    'Control: from text-only, about as many steps as image-text on the text of its last stage, the ' +
    'colour-to-shape question included, and no picture.',
  from: 'text-only',
  stages: [
    {
      // As long and as fast as the two picture stages.
      name: 'text',
      steps: 1200,
      learningRate: { peak: 2e-3, warmupSteps: 50, floor: 0.6 },
      objects: { from: 2, to: 8, start: 3, advanceAt: 0.9 },
      mix: [{ share: 1, modality: 'text', order: 'context', questions: { indirect: 2, shape: 1 } }],
    },
    {
      name: 'return',
      steps: 900,
      learningRate: { peak: 1e-3, warmupSteps: 20, floor: 0.05 },
      objects: { from: 2, to: 8, start: 3, advanceAt: 0.9 },
      mix: [{ share: 1, modality: 'text', order: 'context', questions: { indirect: 2, shape: 1 } }],
    },
  ],
};
