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
    'item), then the task itself on pictures, then text again, with the colour-to-shape question and ' +
    '20 % pictures. Never more than 8 objects.',
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
      // The hops join within some hundred steps.
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
      // Associations stand in the context's order again, so position alone would be enough. The first
      // hop is asked for on text, too: without it, text came back symbolic in one trial of five only.
      // `text-hops` is the control that sees the same text and no picture.
      name: 'return',
      steps: 900,
      learningRate: { peak: 1e-3, warmupSteps: 20, floor: 0.05 },
      objects: { from: 2, to: 8, start: 3, advanceAt: 0.9 },
      mix: [
        { share: 4, modality: 'text', order: 'context', questions: { indirect: 2, shape: 1 } },
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
