import type { RecipeSource } from './index.ts';

/**
 * The paper's visual curriculum on top of `text-only`: pictures alone until the task is solved on
 * them, then text again with a share of pictures. In a picture there is no k-th object, so the way
 * to the item leads through the shape.
 */
export const imageText: RecipeSource = {
  regime: 'image-text',
  description:
    'From text-only: one-hop questions on pictures (feature grounding in both directions, shape to ' +
    'item), then the task itself on pictures, then text again with 20 % pictures. Never more than 8 objects.',
  from: 'text-only',
  stages: [
    {
      name: 'grounding',
      steps: 600,
      learningRate: { peak: 2e-3, warmupSteps: 100, floor: 0.5 },
      objects: { from: 1, to: 8, start: 3, advanceAt: 0.9 },
      mix: [
        {
          share: 1,
          modality: 'image',
          order: 'shuffled',
          questions: { shape: 2, colour: 1, association: 2 },
        },
      ],
    },
    {
      name: 'pictures',
      steps: 2400,
      learningRate: { peak: 1.5e-3, warmupSteps: 50, floor: 0.1 },
      objects: { from: 2, to: 8, start: 4, advanceAt: 0.95 },
      mix: [
        {
          share: 1,
          modality: 'image',
          order: 'shuffled',
          questions: { indirect: 6, shape: 1.5, colour: 1, association: 1.5 },
        },
      ],
    },
    {
      name: 'return',
      steps: 600,
      learningRate: { peak: 5e-4, warmupSteps: 50, floor: 0.1 },
      objects: { from: 2, to: 8, start: 8, advanceAt: 0.95 },
      mix: [
        { share: 4, modality: 'text', order: 'context', questions: { indirect: 1 } },
        { share: 1, modality: 'image', order: 'shuffled', questions: { indirect: 1 } },
      ],
    },
  ],
};
