import type { z } from 'zod';
import { recipeSchema, type Recipe } from '../../contract/recipe.ts';
import { PRESETS, type PresetName } from '../presets.ts';
import { imageText } from './image-text.ts';
import { textHops } from './text-hops.ts';
import { textOnly } from './text-only.ts';

/** A recipe without its preset: regime and curriculum alone. */
export type RecipeSource = Pick<
  z.input<typeof recipeSchema>,
  'regime' | 'description' | 'from' | 'stages'
>;

export const RECIPES = {
  'text-only': textOnly,
  'text-hops': textHops,
  'image-text': imageText,
} as const satisfies Record<string, RecipeSource>;

export type RecipeName = keyof typeof RECIPES;

/** A recipe at a size, checked. */
export function recipe(name: RecipeName, preset: PresetName): Recipe {
  return recipeSchema.parse({ ...RECIPES[name], ...PRESETS[preset], preset });
}
