import { NOISE, returnToText } from './streams.ts';
import type { Regime, RecipeSource } from './index.ts';

/**
 * The paper's visually trained models. In a picture there is no k-th object, so the way to the item
 * leads through the shape; on text, where position would do again, the question is what stays.
 */
const withText = (regime: Regime, from: Regime, maxPositionGaps: number): RecipeSource => ({
  regime,
  description:
    `From ${from}: text again, ${maxPositionGaps > 0 ? 'with noise tokens, ' : ''}80 %, with 20 % pictures. ` +
    'Never more than 8 objects.',
  from,
  stages: [returnToText(maxPositionGaps)],
});

export const imageText = withText('image-text', 'image-only', 0);
export const noiseImageText = withText('noise-image-text', 'noise-image-only', NOISE);
export const scratchImageText = withText('scratch-image-text', 'scratch-image-only', 0);
export const donorEmbeddingsImageText = withText(
  'donor-embeddings-image-text',
  'donor-embeddings-image-only',
  0,
);
