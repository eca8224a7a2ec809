import { picturesAlone } from './image-only.ts';
import { backToText } from './image-text.ts';
import type { RecipeSource } from './recipe-source.ts';
import { textOnlyShuffled } from './shuffled.ts';
import { textOnly } from './text-only.ts';

/**
 * Is it the distances that are lost beyond training, or the binding? A model without position ids knows the
 * order of its tokens only from what each may attend to, and no list has a distance that is new to it.
 */
const noPositions = <Origin extends string>(
  recipe: RecipeSource<Origin>,
): RecipeSource<Origin> => ({
  ...recipe,
  description: `Control without rotary or other positions. ${recipe.description}`,
  model: { ropeBase: 0, absolutePositions: 0 },
});

export const textOnlyNoPositions = noPositions(textOnly);
export const textOnlyShuffledNoPositions = noPositions(textOnlyShuffled);
export const imageOnlyNoPositions = noPositions(picturesAlone('text-only-no-positions'));
export const imageTextNoPositions = noPositions(backToText('image-only-no-positions', 0));
