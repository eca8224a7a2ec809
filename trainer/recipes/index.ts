import type { z } from 'zod';
import { recipeSchema, type Recipe } from '../../contract/recipe.ts';
import { PRESETS, type PresetName } from '../presets.ts';
import { imageTextPersistence, noiseImageTextPersistence, textOnlyLong } from './controls.ts';
import { imageOnly, noiseImageOnly, scratchImageOnly } from './image-only.ts';
import { imageText, noiseImageText, scratchImageText } from './image-text.ts';
import { noiseText } from './noise-text.ts';
import { textOnly } from './text-only.ts';
import { textSymbolic } from './text-symbolic.ts';

/** A recipe without its preset: regime and curriculum alone. */
export type RecipeSource = Pick<
  z.input<typeof recipeSchema>,
  'regime' | 'description' | 'from' | 'stages'
>;

export const RECIPES = {
  'text-only': textOnly,
  'noise-text': noiseText,
  'image-only': imageOnly,
  'image-text': imageText,
  'noise-image-only': noiseImageOnly,
  'noise-image-text': noiseImageText,
  'text-only-long': textOnlyLong,
  'image-text-persistence': imageTextPersistence,
  'noise-image-text-persistence': noiseImageTextPersistence,
  'scratch-image-only': scratchImageOnly,
  'scratch-image-text': scratchImageText,
  'text-symbolic': textSymbolic,
} as const satisfies Record<string, RecipeSource>;

export type RecipeName = keyof typeof RECIPES;

/** A recipe at a size, checked. */
export function recipe(name: RecipeName, preset: PresetName): Recipe {
  return recipeSchema.parse({ ...RECIPES[name], ...PRESETS[preset], preset });
}
