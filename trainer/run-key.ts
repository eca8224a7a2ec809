import { join } from 'node:path';
import { PRESETS, type PresetName } from './presets.ts';
import { REGIMES, showsPictures, type Regime } from './regimes/index.ts';

/** What identifies a run. */
export interface RunKey {
  readonly regime: Regime;
  readonly preset: PresetName;
  readonly seed: number;
  /** Name of the visual encoder; absent for a regime without pictures, and for the default encoder. */
  readonly encoder?: string;
  /** Cells per side of the pictures; absent where it is the preset's. */
  readonly grid?: number;
}

export const DEFAULT_ENCODER = 'random';
export const DEFAULT_PRESET: PresetName = 'pocket';

/** The key of a run. Encoder and grid are dropped where they make no difference to the run. */
export function runKey({
  regime,
  preset,
  seed,
  encoder,
  grid,
}: Pick<RunKey, 'regime' | 'preset' | 'seed'> & {
  readonly encoder?: string | undefined;
  readonly grid?: number | undefined;
}): RunKey {
  const key = { regime, preset, seed };
  if (!showsPictures(regime)) return key;
  return {
    ...key,
    ...(encoder !== undefined && encoder !== DEFAULT_ENCODER && { encoder }),
    ...(grid !== undefined && grid !== PRESETS[preset].grid && { grid }),
  };
}

/** `image-text-pocket-0`, with encoder and grid where they are not the default. */
export function runName({ regime, preset, seed, encoder, grid }: RunKey): string {
  return [
    regime,
    preset,
    seed,
    ...(encoder === undefined ? [] : [fileNameOf(encoder)]),
    ...(grid === undefined ? [] : [`${grid}x${grid}`]),
  ].join('-');
}

/** The name of an encoder from a file has characters that a folder's name cannot have. */
const fileNameOf = (encoder: string): string => encoder.toLowerCase().replace(/[^a-z0-9]+/g, '-');

/** Default folder of a run. */
export const runDirectory = (key: RunKey): string => join('runs', runName(key));

/** Whether the run's model is shipped in `models/`: seed 0, default encoder and grid. */
export const isShipped = ({ regime, seed, encoder, grid }: RunKey): boolean =>
  REGIMES[regime].shipped === true && seed === 0 && encoder === undefined && grid === undefined;

/** Default id of the run's model: the regime for a shipped one, else the name of the run. */
export function modelId(key: RunKey): string {
  const { regime, preset } = key;
  if (!isShipped(key)) return runName(key);
  return preset === DEFAULT_PRESET ? regime : `${regime}-${preset}`;
}

/** The runs that a run needs before it can start. */
export interface RunDependencies {
  /** The run that it starts from. */
  readonly parent?: RunKey;
  /** The run that its token embeddings come from: the parent's regime with the next seed. */
  readonly donor?: RunKey;
  /** The run whose steps and answers it has in all. */
  readonly budget?: RunKey;
}

export function dependenciesOf(key: RunKey): RunDependencies {
  const { from, tokenEmbeddingsFrom, matchBudgetOf } = REGIMES[key.regime].recipe;
  if (from === undefined) return {};
  return {
    parent: runKey({ ...key, regime: from }),
    ...(tokenEmbeddingsFrom === 'donor' && {
      donor: runKey({ ...key, regime: from, seed: key.seed + 1 }),
    }),
    ...(matchBudgetOf && { budget: runKey({ ...key, regime: matchBudgetOf }) }),
  };
}
