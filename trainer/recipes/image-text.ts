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
      // Each hop by itself. It must be mastered before the next stage: with a half-learnt hop the two
      // never joined. One to three objects at first, else no hop forms at all.
      name: 'grounding',
      steps: 2000,
      learningRate: { peak: 2e-3, warmupSteps: 50, floor: 0.6 },
      objects: { from: 1, to: 8, start: 3, advanceAt: 0.85, endAt: 0.96 },
      mix: [
        {
          share: 1,
          modality: 'image',
          order: 'shuffled',
          questions: { shape: 1.5, colour: 0.75, association: 1 },
        },
      ],
    },
    {
      // The hops join within some hundred steps. The stage ends while the network is still plastic:
      // polished for longer, it went back to position once text returned.
      name: 'pictures',
      steps: 500,
      learningRate: { peak: 2e-3, warmupSteps: 20, floor: 0.8 },
      objects: { from: 2, to: 8, start: 4, advanceAt: 0.9 },
      mix: [
        {
          share: 1,
          modality: 'image',
          order: 'shuffled',
          questions: { indirect: 6, shape: 1.5, colour: 0.5, association: 1.5 },
        },
      ],
    },
    {
      // Text is the same as in `text-only`: position alone would still be enough to answer.
      name: 'return',
      steps: 1200,
      learningRate: { peak: 5e-4, warmupSteps: 20, floor: 0.1 },
      objects: { from: 2, to: 8, start: 8, advanceAt: 0.95 },
      mix: [
        { share: 4, modality: 'text', order: 'context', questions: { indirect: 1 } },
        {
          share: 1,
          modality: 'image',
          order: 'shuffled',
          questions: { indirect: 6, shape: 1.5, colour: 0.5, association: 1.5 },
        },
      ],
    },
  ],
};
