import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SingleBar } from 'cli-progress';
import type { Recipe } from '../../contract/recipe.ts';
import { matchBudget } from '../matched-budget.ts';
import { loadCheckpoint } from '../checkpoint.ts';
import { currentCommit } from '../../node/git-commit.ts';
import { isFinished, totalSteps } from '../curriculum.ts';
import { openFrozenEncoder, SHIPPED } from '../encoders/index.ts';
import type { FrozenEncoder } from '../encoders/patchwise.ts';
import type { EngineOptions } from '../engines/engine.ts';
import { ENGINES, type EngineName } from '../engines/index.ts';
import type { PresetName } from '../presets.ts';
import { buildRecipe as recipeOf, seesPictures, type Regime } from '../regimes/index.ts';
import { runKeyOf, DEFAULT_ENCODER, originsOf, runDirectory, type RunKey } from '../run-key.ts';
import { CHECKPOINT_FILE, train } from '../train.ts';
import { reportToParent } from '../../node/progress.ts';

export interface TrainArguments {
  readonly regime: Regime;
  readonly preset: PresetName;
  readonly seed: number;
  readonly out?: string;
  readonly from?: string;
  readonly embeddingsFrom?: string;
  readonly matchBudget?: string;
  /** See `openFrozenEncoder`. */
  readonly encoder?: string;
  readonly grid?: number;
  readonly engine: EngineName;
  readonly provider: NonNullable<EngineOptions['provider']>;
  readonly threads: number;
  readonly stopAfter?: number;
  readonly probeEvery?: number;
}

/**
 * The encoder and the grid asked for, else those the parent saw with, else the usual ones for a regime that
 * is shown pictures.
 */
async function sightFor(
  { regime, encoder, grid }: TrainArguments,
  parent: string | undefined,
): Promise<{ encoder?: FrozenEncoder; grid?: number }> {
  const checkpoint = parent && join(parent, CHECKPOINT_FILE);
  const past = checkpoint && existsSync(checkpoint) ? loadCheckpoint(checkpoint).recipe : undefined;
  const usual = seesPictures(regime) ? DEFAULT_ENCODER : undefined;
  const name = past?.encoder?.name ?? usual;
  if (name === undefined) {
    const asked = encoder ? '--encoder' : grid === undefined ? undefined : '--grid';
    if (asked) throw new Error(`${regime} shows no pictures: it takes no ${asked}`);
    return {};
  }
  const cells = grid ?? (past?.encoder && past.grid);
  return {
    encoder: await openFrozenEncoder(encoder ?? name, SHIPPED),
    ...(cells !== undefined && { grid: cells }),
  };
}

/**
 * Where a run is that has to be there before another begins.
 *
 * @throws Error unless it is, with the command that trains all that it takes
 */
function usualRun(origin: RunKey, branch: RunKey, begun: boolean): string {
  const directory = runDirectory(origin);
  if (begun || existsSync(join(directory, CHECKPOINT_FILE))) return directory;
  const { regime, preset, seed, encoder, grid } = branch;
  const sight = (encoder ? ` --encoders ${encoder}` : '') + (grid ? ` --grid ${grid}` : '');
  throw new Error(
    `${regime} needs the run ${directory}, which is not there; this trains all that it takes: ` +
      `npm run sweep -- --regimes ${regime} --preset ${preset} --seeds ${seed}${sight}`,
  );
}

/** Folders whose code decides what comes out of a training. */
const TRAINING_CODE = ['task', 'contract', 'inference', 'probes', 'trainer'];

/** As long as the recipe says, or as the run does whose budget it has; one that has begun knows how long. */
function lasting(
  recipe: Recipe,
  seed: number,
  runs: Readonly<Record<'own' | 'parent' | 'budget', string | undefined>>,
): Recipe {
  const checkpointOf = (run: string) => loadCheckpoint(join(run, CHECKPOINT_FILE));
  const { own, parent, budget } = runs;
  if (!recipe.matchBudgetOf) {
    if (budget) throw new Error(`${recipe.regime} has its own budget: it takes no --match-budget`);
    return recipe;
  }
  if (own) return { ...recipe, stages: checkpointOf(own).recipe.stages };
  if (!budget) throw new Error(`${recipe.regime} needs a run whose budget it has`);
  return matchBudget(recipe, seed, checkpointOf(budget), parent ? checkpointOf(parent) : undefined);
}

export async function runTrain(options: TrainArguments): Promise<void> {
  const { regime, preset, seed, engine, provider, threads, stopAfter, probeEvery } = options;
  const branch = runKeyOf(options);
  const directory = options.out ?? runDirectory(branch);
  const origins = originsOf(branch);
  const begun = existsSync(join(directory, CHECKPOINT_FILE));
  const runOf = (origin: RunKey | undefined) => origin && usualRun(origin, branch, begun);
  const parent = options.from ?? runOf(origins.parent);
  const donor = options.embeddingsFrom ?? runOf(origins.donor);
  const budget = options.matchBudget ?? runOf(origins.budget);
  const { encoder, grid } = await sightFor(options, parent);
  const recipe = lasting(recipeOf(regime, preset, encoder?.identity, grid), seed, {
    own: begun ? directory : undefined,
    parent,
    budget,
  });

  const stop = new AbortController();
  process.once('SIGINT', () => {
    stop.abort();
  });
  process.once('SIGTERM', () => {
    stop.abort();
  });

  const asked = ['from', 'matchBudget', 'embeddingsFrom', 'encoder', 'grid'] as const;
  const chosen = asked.map((name) => (options[name] ? ` ${flagOf(name)} ${options[name]}` : ''));
  const command =
    `npm run train -- --regime ${regime} --preset ${preset} --seed ${seed} ` +
    `--engine ${engine}${provider === 'cpu' ? '' : ` --provider ${provider}`} ` +
    `--threads ${threads}${chosen.join('')}`;
  const total = totalSteps(recipe);
  const bar = new SingleBar({
    format: `{stage} {bar} {value}/{total} | {words}`,
    hideCursor: true,
  });
  if (!reportToParent(0, '')) bar.start(total, 0, { stage: '', words: '' });
  const progress = await train({
    recipe,
    seed,
    directory,
    provenance: {
      command,
      commit: currentCommit(TRAINING_CODE),
      engine: `${engine}/${provider}`,
    },
    engine: ENGINES[engine],
    engineOptions: { provider, threads },
    ...(encoder && { encoder }),
    ...(parent && { from: join(parent, CHECKPOINT_FILE) }),
    ...(donor && { embeddingsFrom: join(donor, CHECKPOINT_FILE) }),
    ...(stopAfter !== undefined && { stopAfter }),
    ...(probeEvery !== undefined && { probeEvery }),
    signal: stop.signal,
    onProgress: (metrics) => {
      const accuracies = Object.entries(metrics.accuracy);
      const percent = accuracies.map(([kind, value]) => `${kind} ${(100 * value).toFixed(1)}%`);
      const seconds = (total - metrics.step) / metrics.stepsPerSecond;
      const left = seconds > 90 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds)} s`;
      const words = [
        `loss ${metrics.loss.toFixed(3)}`,
        percent.join(' '),
        `objects ${metrics.objects}`,
        `${metrics.stepsPerSecond.toFixed(1)} steps/s`,
        `${left} left`,
      ].join(' | ');
      if (reportToParent(metrics.step / total, `${metrics.stage} | ${words}`)) return;
      bar.update(metrics.step, { stage: metrics.stage, words });
    },
  }).finally(() => {
    bar.stop();
  });
  const state = isFinished(recipe, progress) ? 'finished' : 'stopped';
  console.log(`${state} after ${progress.step} of ${total} steps; the run is in ${directory}`);
}

/** `embeddingsFrom` is the option `--embeddings-from`. */
const flagOf = (name: string): string =>
  `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
