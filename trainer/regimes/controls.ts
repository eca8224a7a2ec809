import { totalSteps } from '../curriculum.ts';
import { noiseText } from './noise-text.ts';
import type { RecipeSource } from './recipe-source.ts';
import {
  NOISE,
  PICTURES,
  returnToText,
  SHUFFLED_TEXT,
  textStage,
  unorderedStages,
  UP_TO_8,
} from './streams.ts';

/** Most steps that the pictures and the return to text can add to a text model. */
const VISUAL_STEPS = totalSteps({ stages: [...unorderedStages(PICTURES), returnToText(0)] });

const { objects, ...long } = textStage('long', totalSteps(noiseText) + VISUAL_STEPS);

/** As much training as the longest visual recipe, without pictures. The paper has no such control. */
export const textOnlyLong: RecipeSource<'text-only' | 'noise-image-text'> = {
  description:
    'Control: from text-only, the same text until it has had as many steps and answers as ' +
    'noise-image-text, and no picture.',
  from: 'text-only',
  matchBudgetOf: 'noise-image-text',
  // The parent already solves the largest number of objects. The steps are an upper limit.
  stages: [{ ...long, objects: { ...objects, start: UP_TO_8.to } }],
};

/** Does the effect of pictures last? Text alone, for as many steps as pictures and return can take. */
const persistence = <Origin extends string>(
  from: Origin,
  maxPositionGaps: number,
): RecipeSource<Origin> => ({
  description: `From ${from}: text alone again, for as long as the visual stages could take.`,
  from,
  stages: [textStage('text-again', VISUAL_STEPS, maxPositionGaps)],
});

export const imageTextPersistence = persistence('image-text', 0);
export const noiseImageTextPersistence = persistence('noise-image-text', NOISE);

/**
 * Is it the pictures, or is it that position does not help in them? The stages of image-only with text
 * instead of pictures, its associations shuffled. The paper has no such control.
 */
export const shuffledOnly: RecipeSource<'text-only'> = {
  description:
    'Control: as image-only from text-only, with text in place of pictures. Its associations are ' +
    'shuffled, so that position helps as little.',
  from: 'text-only',
  stages: unorderedStages(SHUFFLED_TEXT),
};

export const shuffledText: RecipeSource<'shuffled-only'> = {
  description:
    'Control: as image-text, with shuffled text in place of pictures: from shuffled-only, text in the ' +
    "context's order again, 80 %, with 20 % shuffled text.",
  from: 'shuffled-only',
  stages: [returnToText(0, SHUFFLED_TEXT)],
};
