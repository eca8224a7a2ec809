import { join } from 'node:path';
import { PRESETS, type PresetName } from './presets.ts';
import { RECIPES, seesPictures, SHIPPED_REGIMES, type Regime } from './regimes/index.ts';

/** What tells one run from another. */
export interface RunKey {
  readonly regime: Regime;
  readonly preset: PresetName;
  readonly seed: number;
  /** The visual encoder's name; absent for a regime that never sees a picture. */
  readonly encoder?: string;
  /** Cells per side of its pictures; absent where they are the preset's. */
  readonly grid?: number;
}

/** What is used where nobody chooses. */
export const DEFAULT_ENCODER = 'random';
export const DEFAULT_PRESET: PresetName = 'pocket';

/** `image-text-pocket-0`; an encoder and a number of patches other than the usual ones are named, too. */
export function modelName({ regime, preset, seed, encoder, grid }: RunKey): string {
  // An encoder from a file has a name that no folder could have.
  const seeing = encoder === undefined || encoder === DEFAULT_ENCODER ? [] : [plain(encoder)];
  const patches = grid === undefined ? [] : [`${grid}x${grid}`];
  return [regime, preset, seed, ...seeing, ...patches].join('-');
}

const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]+/g, '-');

/** The one branch of each regime and size that is shipped as a model. */
export const isShipped = ({ regime, seed, encoder = DEFAULT_ENCODER, grid }: RunKey): boolean =>
  SHIPPED_REGIMES.includes(regime) &&
  seed === 0 &&
  encoder === DEFAULT_ENCODER &&
  grid === undefined;

/** Id of a branch's model: short for the one that is shipped, so that no other takes its place. */
export function modelId(branch: RunKey): string {
  const { regime, preset } = branch;
  if (!isShipped(branch)) return modelName(branch);
  return preset === DEFAULT_PRESET ? regime : `${regime}-${preset}`;
}

/** The branch that is asked for: a regime that has seen no picture is the same whatever it would see. */
export function runKeyOf({
  regime,
  preset,
  seed,
  encoder,
  grid,
}: Pick<RunKey, 'regime' | 'preset' | 'seed'> & {
  readonly encoder?: string | undefined;
  readonly grid?: number | undefined;
}): RunKey {
  const blind = { regime, preset, seed };
  if (!seesPictures(regime)) return blind;
  const other = grid !== PRESETS[preset].grid && grid;
  return { ...blind, ...(encoder && { encoder }), ...(other && { grid: other }) };
}

/** Folder of a run, unless one is named. */
export const runDirectory = (branch: RunKey): string => join('runs', modelName(branch));

/**
 * The branches that have to be trained before one. It starts from its parent, or from the token embeddings
 * of a stranger, which is the parent's regime of the next seed; and it may have another's budget.
 */
export function originsOf(branch: RunKey): {
  readonly parent?: RunKey;
  readonly donor?: RunKey;
  readonly budget?: RunKey;
} {
  const { seed } = branch;
  const { from, tokenEmbeddingsFrom, matchBudgetOf } = RECIPES[branch.regime];
  if (from === undefined) return {};
  return {
    parent: runKeyOf({ ...branch, regime: from }),
    ...(tokenEmbeddingsFrom === 'donor' && {
      donor: runKeyOf({ ...branch, regime: from, seed: seed + 1 }),
    }),
    ...(matchBudgetOf && { budget: runKeyOf({ ...branch, regime: matchBudgetOf }) }),
  };
}
