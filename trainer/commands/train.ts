import { join } from 'node:path';
import { SingleBar } from 'cli-progress';
import { currentCommit } from '../commit.ts';
import { isFinished, totalSteps } from '../curriculum.ts';
import { randomEncoder } from '../encoders/random.ts';
import type { EngineOptions } from '../engines/engine.ts';
import { ENGINES, type EngineName } from '../engines/index.ts';
import type { PresetName } from '../presets.ts';
import { recipe as recipeOf, RECIPES, type RecipeName } from '../recipes/index.ts';
import { runDirectory } from '../runs.ts';
import { CHECKPOINT_FILE, train } from '../train.ts';
import { tellParent } from './progress.ts';

export interface TrainArguments {
  readonly regime: RecipeName;
  readonly preset: PresetName;
  readonly seed: number;
  readonly out?: string;
  readonly from?: string;
  readonly engine: EngineName;
  readonly provider: NonNullable<EngineOptions['provider']>;
  readonly threads: number;
  readonly stopAfter?: number;
  readonly probeEvery?: number;
}

export async function runTrain(options: TrainArguments): Promise<void> {
  const { regime, preset, seed, engine, provider, threads, stopAfter, probeEvery } = options;
  const recipe = recipeOf(regime, preset);
  const directory = options.out ?? runDirectory({ regime, preset, seed });
  const { from } = RECIPES[regime];
  const parent = options.from ?? (from && runDirectory({ regime: from, preset, seed }));

  const stop = new AbortController();
  process.once('SIGINT', () => {
    stop.abort();
  });
  process.once('SIGTERM', () => {
    stop.abort();
  });

  const fromOption = options.from ? ` --from ${options.from}` : '';
  const command =
    `npm run train -- --regime ${regime} --preset ${preset} --seed ${seed} ` +
    `--engine ${engine} --threads ${threads}${fromOption}`;
  const total = totalSteps(recipe);
  const bar = new SingleBar({
    format: `{stage} {bar} {value}/{total} | {words}`,
    hideCursor: true,
  });
  if (!tellParent(0, '')) bar.start(total, 0, { stage: '', words: '' });
  const progress = await train({
    recipe,
    seed,
    directory,
    provenance: {
      command,
      commit: currentCommit(['task', 'trainer']),
      engine: `${engine}/${provider}`,
    },
    engine: ENGINES[engine],
    engineOptions: { provider, threads },
    ...(recipe.model.patchFeatures > 0 && {
      encoder: await randomEncoder(),
    }),
    ...(parent && { from: join(parent, CHECKPOINT_FILE) }),
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
      if (tellParent(metrics.step / total, `${metrics.stage} | ${words}`)) return;
      bar.update(metrics.step, { stage: metrics.stage, words });
    },
  }).finally(() => {
    bar.stop();
  });
  const state = isFinished(recipe, progress) ? 'finished' : 'stopped';
  console.log(`${state} after ${progress.step} of ${total} steps; the run is in ${directory}`);
}
