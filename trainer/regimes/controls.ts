import { totalSteps } from '../curriculum.ts';
import { noiseText } from './noise-text.ts';
import {
  NOISE,
  PICTURES,
  returnToText,
  SHUFFLED_TEXT,
  textStage,
  unorderedStages,
  UP_TO_8,
} from './streams.ts';
import type { RecipeSource } from './index.ts';

/** Most steps that the pictures and the return to text can add to a text model. */
const VISUAL_STEPS = totalSteps({ stages: [...unorderedStages(PICTURES), returnToText(0)] });

const { objects, ...long } = textStage('long', totalSteps(noiseText) + VISUAL_STEPS);

/** As much training as the longest visual recipe has, and no picture (the paper lacks this control). */
export const textOnlyLong: RecipeSource = {
  regime: 'text-only-long',
  description:
    'Control: from text-only, the same text until it has had as many steps and answers as ' +
    'noise-image-text, and no picture.',
  from: 'text-only',
  matchBudgetOf: 'noise-image-text',
  // The parent has mastered all objects. The steps are the most that there can be.
  stages: [{ ...long, objects: { ...objects, start: UP_TO_8.to } }],
};

/** Does what pictures changed last? Text alone, for as long as pictures and return took at most. */
const persistence = (
  of: 'image-text' | 'noise-image-text',
  maxPositionGaps: number,
): RecipeSource => ({
  regime: `${of}-persistence`,
  description: `From ${of}: text alone again, for as long as the visual stages could take.`,
  from: of,
  stages: [textStage('text-again', VISUAL_STEPS, maxPositionGaps)],
});

export const imageTextPersistence = persistence('image-text', 0);
export const noiseImageTextPersistence = persistence('noise-image-text', NOISE);

/**
 * Is it pictures, or that position does not help there? The same stages with text in place of each picture,
 * its associations shuffled (the paper lacks this control).
 */
export const shuffledOnly: RecipeSource = {
  regime: 'shuffled-only',
  description:
    'Control: as image-only from text-only, with text in place of pictures. Its associations are ' +
    'shuffled, so that position helps as little.',
  from: 'text-only',
  stages: unorderedStages(SHUFFLED_TEXT),
};

export const shuffledText: RecipeSource = {
  regime: 'shuffled-text',
  description:
    'Control: as image-text, with shuffled text in place of pictures: from shuffled-only, text in the ' +
    "context's order again, 80 %, with 20 % shuffled text.",
  from: 'shuffled-only',
  stages: [returnToText(0, SHUFFLED_TEXT)],
};
