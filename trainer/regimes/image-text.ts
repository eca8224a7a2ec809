import type { RecipeSource } from './recipe-source.ts';
import { NOISE, returnToText } from './streams.ts';

/**
 * The visually trained models of the paper. A picture has no k-th object, so the way to the item leads
 * through the shape. On text position would work again: does the model keep the shape's way?
 */
const backToText = <Origin extends string>(
  from: Origin,
  maxPositionGaps: number,
): RecipeSource<Origin> => ({
  description:
    `From ${from}: text again, ${maxPositionGaps > 0 ? 'with noise tokens, ' : ''}80 %, with 20 % pictures. ` +
    'Never more than 8 objects.',
  from,
  stages: [returnToText(maxPositionGaps)],
});

export const imageText = backToText('image-only', 0);
export const noiseImageText = backToText('noise-image-only', NOISE);
export const scratchImageText = backToText('scratch-image-only', 0);
export const donorEmbeddingsImageText = backToText('donor-embeddings-image-only', 0);
