import { join } from 'node:path';
import type { PresetName } from './presets.ts';
import { RECIPES, seesPictures, type RecipeName } from './recipes/index.ts';

/** What tells one run from another. */
export interface Branch {
  readonly regime: RecipeName;
  readonly preset: PresetName;
  readonly seed: number;
  /** The visual encoder's name; absent for a regime that never sees a picture. */
  readonly encoder?: string;
}

/** What is used where nobody chooses. */
export const DEFAULT_ENCODER = 'random';
export const DEFAULT_PRESET: PresetName = 'pocket';

/** `image-text-pocket-0`; an encoder other than the default one is named, too. */
export function modelName({ regime, preset, seed, encoder = DEFAULT_ENCODER }: Branch): string {
  // An encoder from a file has a name that no folder could have.
  const word = encoder.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  const seeing = encoder === DEFAULT_ENCODER ? '' : `-${word}`;
  return `${regime}-${preset}-${seed}${seeing}`;
}

/** Id under which a regime is shipped at a size. */
export const shippedId = (regime: RecipeName, preset: PresetName): string =>
  preset === DEFAULT_PRESET ? regime : `${regime}-${preset}`;

/** A regime that has seen no picture is the same whatever the encoder. */
export function branchOf(
  regime: RecipeName,
  preset: PresetName,
  seed: number,
  encoder: string | undefined,
): Branch {
  return { regime, preset, seed, ...(encoder && seesPictures(regime) && { encoder }) };
}

/** Folder of a run, unless one is named. */
export const runDirectory = (branch: Branch): string => join('runs', modelName(branch));

/**
 * The branches that have to be trained before one. It starts from its parent, or from the token embeddings
 * of a stranger, which is the parent's regime of the next seed; and it may have another's budget.
 */
export function originsOf({ regime, preset, seed, encoder }: Branch): {
  readonly parent?: Branch;
  readonly stranger?: Branch;
  readonly budget?: Branch;
} {
  const { from, embeddings, budget } = RECIPES[regime];
  if (from === undefined) return {};
  return {
    parent: branchOf(from, preset, seed, encoder),
    ...(embeddings === 'stranger' && { stranger: branchOf(from, preset, seed + 1, encoder) }),
    ...(budget && { budget: branchOf(budget, preset, seed, encoder) }),
  };
}
