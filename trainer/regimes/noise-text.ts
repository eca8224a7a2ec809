import type { AssociationOrder } from '../../task/spec.ts';
import type { RecipeSource, StageSource } from './recipe-source.ts';
import { NOISE, textWith, UP_TO_8 } from './streams.ts';

/**
 * Gaps undo what the model has learnt of positions: it starts again with few objects, and needs longer
 * than text without gaps did. With gaps in all of the text it ended at 96 % with 8 objects.
 */
export const noiseStage = (order: AssociationOrder): StageSource => ({
  name: 'noise',
  steps: 3500,
  learningRate: { peak: 1.5e-3, warmupSteps: 20, floor: 0.03 },
  objects: { ...UP_TO_8, start: 3, advanceAt: 0.85 },
  mix: textWith(NOISE, 1, order),
});

/** The paper's control for positions alone: text with gaps in its position ids, no pictures. */
export const noiseText: RecipeSource<'text-only'> = {
  description:
    'From text-only: the same text, four fifths of it with up to 200 unattendable noise tokens in the ' +
    'context, which leave nothing but gaps in its position ids.',
  from: 'text-only',
  stages: [noiseStage('context')],
};
