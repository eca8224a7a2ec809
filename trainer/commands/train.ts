import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import type { Recipe } from '../../contract/recipe.ts';
import type { FrozenEncoder } from '../../measurement/encoders/frozen-encoder.ts';
import { openFrozenEncoder } from '../../measurement/encoders/index.ts';
import { currentCommit } from '../../node/git-commit.ts';
import { CHECKPOINT_FILE, loadCheckpoint } from '../checkpoint.ts';
import { isFinished, totalSteps } from '../curriculum.ts';
import type { EngineOptions } from '../engines/engine.ts';
import { ENGINES, type EngineName } from '../engines/index.ts';
import { matchBudget } from '../matched-budget.ts';
import type { PresetName } from '../presets.ts';
import { buildRecipe, showsPictures, type Regime } from '../regimes/index.ts';
import {
  DEFAULT_ENCODER,
  dependenciesOf,
  runDirectory,
  runKey,
  type RunDependencies,
  type RunKey,
} from '../run-key.ts';
import { train } from '../train.ts';
import { TrainingProgress } from './training-progress.ts';

export interface TrainCommandOptions extends EngineOptions {
  readonly regime: Regime;
  readonly preset: PresetName;
  readonly seed: number;
  /** Folder of the run; default: see `runDirectory`. */
  readonly out?: string;
  /** Folders of the runs that this one needs; default: those of `dependenciesOf`. */
  readonly from?: string;
  readonly embeddingsFrom?: string;
  readonly matchBudget?: string;
  /** See `openFrozenEncoder`. */
  readonly encoder?: string;
  readonly grid?: number;
  readonly engine: EngineName;
  readonly stopAfter?: number;
  readonly probeEvery?: number;
}

/** Folders of other runs. */
type RunFolders = Readonly<Record<keyof RunDependencies, string | undefined>>;

/** Folders whose code decides what a training computes. */
const TRAINING_CODE = ['task', 'contract', 'onnx', 'inference', 'probes', 'measurement', 'trainer'];

/**
 * Trains a regime, or continues its run from the last checkpoint. A signal makes it save and end with the
 * exit status of a process that the signal killed, so that nothing takes the run for a finished one.
 */
export async function runTrain(options: TrainCommandOptions): Promise<void> {
  const { regime, preset, seed, engine, stopAfter, probeEvery } = options;
  const key = runKey(options);
  const directory = options.out ?? runDirectory(key);
  const started = existsSync(join(directory, CHECKPOINT_FILE));
  const folders = dependencyFolders(options, key, started);
  const { encoder, grid } = await visionOptions(options, folders.parent);
  const recipe = withMatchedBudget(
    buildRecipe(regime, preset, encoder?.identity, grid),
    seed,
    folders,
    started ? directory : undefined,
  );

  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      process.exitCode = 128 + constants.signals[signal];
      stop.abort();
    });
  }
  const display = new TrainingProgress(totalSteps(recipe));
  const progress = await train({
    recipe,
    seed,
    directory,
    provenance: {
      command: commandLine(options),
      commit: currentCommit(TRAINING_CODE),
      engine: engine === 'ort' ? `ort/${options.provider ?? 'cpu'}` : engine,
    },
    engine: ENGINES[engine],
    engineOptions: options,
    ...(encoder && { encoder }),
    ...(folders.parent !== undefined && { from: join(folders.parent, CHECKPOINT_FILE) }),
    ...(folders.donor !== undefined && { embeddingsFrom: join(folders.donor, CHECKPOINT_FILE) }),
    ...(stopAfter !== undefined && { stopAfter }),
    ...(probeEvery !== undefined && { probeEvery }),
    signal: stop.signal,
    onProgress: (metrics) => {
      display.update(metrics);
    },
  }).finally(() => {
    display.stop();
  });
  const state = isFinished(recipe, progress) ? 'finished' : 'stopped';
  console.log(
    `${state} after ${progress.step} of ${totalSteps(recipe)} steps; the run is in ${directory}`,
  );
}

/** @param started whether the run has a checkpoint, which makes the other runs unnecessary */
function dependencyFolders(
  options: TrainCommandOptions,
  key: RunKey,
  started: boolean,
): RunFolders {
  const { parent, donor, budget } = dependenciesOf(key);
  const folderOf = (needed: RunKey | undefined) =>
    needed && (started ? runDirectory(needed) : existingFolder(needed, key));
  return {
    parent: options.from ?? folderOf(parent),
    donor: options.embeddingsFrom ?? folderOf(donor),
    budget: options.matchBudget ?? folderOf(budget),
  };
}

/** @throws Error when there is no such run, with the command that trains everything that `key` needs */
function existingFolder(needed: RunKey, key: RunKey): string {
  const directory = runDirectory(needed);
  if (existsSync(join(directory, CHECKPOINT_FILE))) return directory;
  const { regime, preset, seed, encoder, grid } = key;
  const vision =
    (encoder === undefined ? '' : ` --encoders ${encoder}`) +
    (grid === undefined ? '' : ` --grid ${grid}`);
  throw new Error(
    `${regime} needs the run ${directory}, which does not exist; train everything it needs with: ` +
      `npm run sweep -- --regimes ${regime} --preset ${preset} --seeds ${seed}${vision}`,
  );
}

/** Encoder and grid from the command line, else the parent's, else the default where pictures are shown. */
async function visionOptions(
  { regime, encoder, grid }: TrainCommandOptions,
  parent: string | undefined,
): Promise<{ encoder?: FrozenEncoder; grid?: number }> {
  const path = parent && join(parent, CHECKPOINT_FILE);
  const parentRecipe = path && existsSync(path) ? loadCheckpoint(path).recipe : undefined;
  const defaultName = showsPictures(regime) ? DEFAULT_ENCODER : undefined;
  const name = parentRecipe?.encoder?.name ?? defaultName;
  if (name === undefined) {
    if (encoder !== undefined) throw new Error(`${regime} shows no pictures: omit --encoder`);
    if (grid !== undefined) throw new Error(`${regime} shows no pictures: omit --grid`);
    return {};
  }
  const cells = grid ?? (parentRecipe?.encoder && parentRecipe.grid);
  return {
    encoder: await openFrozenEncoder(encoder ?? name),
    ...(cells !== undefined && { grid: cells }),
  };
}

/**
 * Sets the length of a recipe that has another run's budget.
 *
 * @param directory of the run, where it has started: its checkpoint has the length
 */
function withMatchedBudget(
  recipe: Recipe,
  seed: number,
  { parent, budget }: RunFolders,
  directory: string | undefined,
): Recipe {
  const checkpointOf = (run: string) => loadCheckpoint(join(run, CHECKPOINT_FILE));
  if (!recipe.matchBudgetOf) {
    if (budget !== undefined) {
      throw new Error(`${recipe.regime} has a budget of its own: omit --match-budget`);
    }
    return recipe;
  }
  if (directory !== undefined) return { ...recipe, stages: checkpointOf(directory).recipe.stages };
  if (budget === undefined) {
    throw new Error(
      `${recipe.regime} has the budget of a run of ${recipe.matchBudgetOf}: name it with --match-budget`,
    );
  }
  return matchBudget(
    recipe,
    seed,
    checkpointOf(budget),
    parent === undefined ? undefined : checkpointOf(parent),
  );
}

/** Options that are part of the command of a run where they are given. */
const OPTIONAL = [
  ...(['from', 'matchBudget', 'embeddingsFrom', 'encoder', 'grid'] as const),
  ...(['provider', 'threads', 'allowCpuFallback'] as const),
] as const;

/** The command that trains the same run again. */
function commandLine(options: TrainCommandOptions): string {
  const { regime, preset, seed, engine } = options;
  const optional = OPTIONAL.map((name) => {
    const value = options[name];
    if (value === undefined) return '';
    return value === true ? ` ${flagOf(name)}` : ` ${flagOf(name)} ${value}`;
  });
  return (
    `npm run train -- --regime ${regime} --preset ${preset} --seed ${seed} --engine ${engine}` +
    optional.join('')
  );
}

/** `embeddingsFrom` is the option `--embeddings-from`. */
const flagOf = (name: string): string =>
  `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
