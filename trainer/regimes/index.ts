import type { z } from 'zod';
import { recipeSchema, type EncoderIdentity, type Recipe } from '../../contract/recipe.ts';
import { PRESETS, type PresetName } from '../presets.ts';
import {
  imageTextPersistence,
  noiseImageTextPersistence,
  shuffledOnly,
  shuffledText,
  textOnlyLong,
} from './controls.ts';
import {
  imageOnly,
  noiseImageOnly,
  scratchImageOnly,
  donorEmbeddingsImageOnly,
} from './image-only.ts';
import {
  imageText,
  noiseImageText,
  scratchImageText,
  donorEmbeddingsImageText,
} from './image-text.ts';
import { noiseText } from './noise-text.ts';
import { mixedText, textOnly } from './text-only.ts';
import { textSymbolic } from './text-symbolic.ts';

export const REGIMES = [
  'text-only',
  'noise-text',
  'image-only',
  'image-text',
  'noise-image-only',
  'noise-image-text',
  'text-only-long',
  'shuffled-only',
  'shuffled-text',
  'mixed-text',
  'image-text-persistence',
  'noise-image-text-persistence',
  'scratch-image-only',
  'scratch-image-text',
  'donor-embeddings-image-only',
  'donor-embeddings-image-text',
  'text-symbolic',
] as const;
export type Regime = (typeof REGIMES)[number];

/** A recipe without its preset: regime and curriculum alone. */
export type RecipeSource = Pick<
  z.input<typeof recipeSchema>,
  'description' | 'stages' | 'projection' | 'tokenEmbeddingsFrom'
> & {
  readonly regime: Regime;
  readonly from?: Regime;
  readonly matchBudgetOf?: Regime;
};

export const RECIPES: Readonly<Record<Regime, RecipeSource>> = {
  'text-only': textOnly,
  'noise-text': noiseText,
  'image-only': imageOnly,
  'image-text': imageText,
  'noise-image-only': noiseImageOnly,
  'noise-image-text': noiseImageText,
  'text-only-long': textOnlyLong,
  'shuffled-only': shuffledOnly,
  'shuffled-text': shuffledText,
  'mixed-text': mixedText,
  'image-text-persistence': imageTextPersistence,
  'noise-image-text-persistence': noiseImageTextPersistence,
  'scratch-image-only': scratchImageOnly,
  'scratch-image-text': scratchImageText,
  'donor-embeddings-image-only': donorEmbeddingsImageOnly,
  'donor-embeddings-image-text': donorEmbeddingsImageText,
  'text-symbolic': textSymbolic,
};

/** Whose models are kept beside their figures, of seed 0; what others are like, their figures say. */
export const SHIPPED_REGIMES: readonly Regime[] = [
  'text-only',
  'noise-text',
  'image-text',
  'noise-image-text',
  'shuffled-text',
  'text-symbolic',
  'text-only-long',
  'image-only',
  'image-text-persistence',
  'noise-image-text-persistence',
];

/** The four of the paper's table. */
export const MAIN_REGIMES: Regime[] = ['text-only', 'noise-text', 'image-text', 'noise-image-text'];

/**
 * A recipe at a size, checked; with the encoder that its model sees with, if it is to see.
 *
 * @param grid cells per side of its pictures, where they are not the preset's
 */
export function buildRecipe(
  name: Regime,
  preset: PresetName,
  encoder?: EncoderIdentity,
  grid?: number,
): Recipe {
  const size = PRESETS[preset];
  const model = { ...size.model, patchFeatures: encoder?.width ?? 0 };
  return recipeSchema.parse({
    ...RECIPES[name],
    ...size,
    preset,
    model,
    ...(encoder && { encoder }),
    ...(grid !== undefined && { grid }),
  });
}

/** Whether a regime, or one it starts from, is shown pictures. */
export function seesPictures(regime: Regime): boolean {
  const { stages, from } = RECIPES[regime];
  if (stages.some(({ mix }) => mix.some(({ modality }) => modality === 'image'))) return true;
  return from !== undefined && seesPictures(from);
}
