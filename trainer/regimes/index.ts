import { recipeSchema, type EncoderIdentity, type Recipe } from '../../contract/recipe.ts';
import { PRESETS, type PresetName } from '../presets.ts';
import { ABLATIONS } from './ablations.ts';
import {
  imageTextPersistence,
  noiseImageTextPersistence,
  shuffledOnly,
  shuffledText,
  textOnlyLong,
} from './controls.ts';
import {
  donorEmbeddingsImageOnly,
  imageOnly,
  noiseImageOnly,
  scratchImageOnly,
} from './image-only.ts';
import {
  donorEmbeddingsImageText,
  imageText,
  noiseImageText,
  scratchImageText,
} from './image-text.ts';
import { noiseText } from './noise-text.ts';
import type { RecipeSource } from './recipe-source.ts';
import { mixedText, textOnly } from './text-only.ts';
import {
  imageOnlyShuffled,
  imageTextShuffled,
  noiseImageOnlyShuffled,
  noiseImageTextShuffled,
  noiseTextShuffled,
  textOnlyShuffled,
} from './shuffled.ts';
import { taskAloneShuffled } from './task-alone.ts';
import { textSymbolic } from './text-symbolic.ts';

interface RegimeEntry<Origin extends string> {
  readonly recipe: RecipeSource<Origin>;
  /** Its model of seed 0 is in `models/`. Of other regimes the repository has figures only, in `results/`. */
  readonly shipped?: true;
  /** One of the four models of the paper. */
  readonly inPaper?: true;
}

/** Checks that recipes refer to regimes of the table only. */
const regimeTable = <Name extends string>(
  table: Readonly<Record<Name, RegimeEntry<NoInfer<Name>>>>,
) => table;

/** All regimes, in the order in which tables list them. A new regime is a file with its recipe and a line here. */
export const REGIMES = regimeTable({
  'text-only': { recipe: textOnly, shipped: true, inPaper: true },
  'noise-text': { recipe: noiseText, shipped: true, inPaper: true },
  'image-only': { recipe: imageOnly, shipped: true },
  'image-text': { recipe: imageText, shipped: true, inPaper: true },
  'noise-image-only': { recipe: noiseImageOnly },
  'noise-image-text': { recipe: noiseImageText, shipped: true, inPaper: true },
  'text-only-long': { recipe: textOnlyLong, shipped: true },
  'shuffled-only': { recipe: shuffledOnly },
  'shuffled-text': { recipe: shuffledText, shipped: true },
  'mixed-text': { recipe: mixedText },
  'image-text-persistence': { recipe: imageTextPersistence, shipped: true },
  'noise-image-text-persistence': { recipe: noiseImageTextPersistence, shipped: true },
  'scratch-image-only': { recipe: scratchImageOnly },
  'scratch-image-text': { recipe: scratchImageText },
  'donor-embeddings-image-only': { recipe: donorEmbeddingsImageOnly },
  'donor-embeddings-image-text': { recipe: donorEmbeddingsImageText },
  'text-symbolic': { recipe: textSymbolic, shipped: true },
  'text-only-shuffled': { recipe: textOnlyShuffled },
  'noise-text-shuffled': { recipe: noiseTextShuffled },
  'image-only-shuffled': { recipe: imageOnlyShuffled },
  'image-text-shuffled': { recipe: imageTextShuffled },
  'noise-image-only-shuffled': { recipe: noiseImageOnlyShuffled },
  'noise-image-text-shuffled': { recipe: noiseImageTextShuffled },
  'task-alone-shuffled': { recipe: taskAloneShuffled },
  ...ABLATIONS,
});

export type Regime = keyof typeof REGIMES;

export const REGIME_NAMES = Object.keys(REGIMES) as readonly Regime[];

/** The four models of the paper. */
export const PAPER_REGIMES = REGIME_NAMES.filter((name) => REGIMES[name].inPaper);

export const isRegime = (name: string): name is Regime => Object.hasOwn(REGIMES, name);

/**
 * A regime's recipe at a size, checked.
 *
 * @param encoder for a regime that shows pictures
 * @param grid cells per side of its pictures; default: the preset's
 */
export function buildRecipe(
  regime: Regime,
  preset: PresetName,
  encoder?: EncoderIdentity,
  grid?: number,
): Recipe {
  const size = PRESETS[preset];
  const recipe: RecipeSource<Regime> = REGIMES[regime].recipe;
  return recipeSchema.parse({
    ...size,
    ...recipe,
    regime,
    preset,
    model: { ...size.model, ...recipe.model, patchFeatures: encoder?.width ?? 0 },
    ...(encoder && { encoder }),
    ...(grid !== undefined && { grid }),
  });
}

/** Whether a regime, or one that it starts from, shows pictures. */
export function showsPictures(regime: Regime): boolean {
  const { stages, from } = REGIMES[regime].recipe;
  if (stages.some(({ mix }) => mix.some(({ modality }) => modality === 'image'))) return true;
  return from !== undefined && showsPictures(from);
}
