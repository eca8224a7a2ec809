import { NOISE, PICTURE_STAGES, returnToText, textStage } from './streams.ts';
import type { RecipeSource } from './index.ts';

/** Most steps that the pictures and the return to text can add to a text model. */
const VISUAL_STEPS = [...PICTURE_STAGES, returnToText(0)].reduce(
  (sum, { steps }) => sum + steps,
  0,
);

/**
 * No less training than pictures and the return to text add, and no picture (the paper lacks this control).
 * The steps with gaps that `noise-image-text` had before are not among them.
 */
export const textOnlyLong: RecipeSource = {
  regime: 'text-only-long',
  description:
    'Control: from text-only, the same text for as many steps as the longest visual run can take, ' +
    'and no picture.',
  from: 'text-only',
  stages: [textStage('long', VISUAL_STEPS)],
};

/** Does what pictures changed last? Text alone, for as long as pictures and return took at most. */
const persistence = (of: 'image-text' | 'noise-image-text', noise: number): RecipeSource => ({
  regime: `${of}-persistence`,
  description: `From ${of}: text alone again, for as long as the visual stages could take.`,
  from: of,
  stages: [textStage('text-again', VISUAL_STEPS, noise)],
});

export const imageTextPersistence = persistence('image-text', 0);
export const noiseImageTextPersistence = persistence('noise-image-text', NOISE);
