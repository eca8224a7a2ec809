import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Provenance } from '../contract/card.ts';
import type { Stage } from '../contract/recipe.ts';
import {
  CHECKPOINT_FILE,
  CheckpointError,
  saveCheckpoint,
  stageFile,
  type Checkpoint,
} from './checkpoint.ts';
import {
  advance,
  isFinished,
  learningRate,
  nextBatch,
  stageOf,
  vocabularyOf,
  type Progress,
} from './curriculum.ts';
import type { Engine } from './engines/engine.ts';
import { initialState } from './initial-state.ts';
import { measureMechanism } from './mechanism-log.ts';
import { METRICS_FILE, Tally, trimMetrics, type Metrics } from './metrics.ts';
import type { TrainOptions } from './train-options.ts';
import { validate } from './validation.ts';

const METRICS_EVERY = 20;
const CHECKPOINT_EVERY = 200;
const VALIDATE_EVERY = 200;

/**
 * Runs a recipe to its end, or until it is stopped. Where the run has a checkpoint it continues from
 * there, bit for bit as if it had never stopped.
 *
 * @returns the progress at the end
 * @throws CheckpointError when a checkpoint cannot be read, written, or belongs to another recipe
 * @throws Error when the loss is not finite
 */
export async function train(options: TrainOptions): Promise<Progress> {
  const { recipe, directory, encoder } = options;
  if (encoder?.identity.sha256 !== recipe.encoder?.sha256) {
    throw new CheckpointError('the encoder is not the one that the recipe names');
  }
  mkdirSync(directory, { recursive: true });
  const start = await initialState(options, join(directory, CHECKPOINT_FILE));
  let { progress } = start;
  // Its checkpoint stays as it is: what was made from it is up to date.
  if (isFinished(recipe, progress)) return progress;
  const engine = await options.engine(recipe.model, start.state, options.engineOptions);
  const provenance = provenanceOf(options.provenance, engine, start);
  const metricsPath = join(directory, METRICS_FILE);
  trimMetrics(metricsPath, progress.step);

  const began = performance.now();
  const save = async (file = CHECKPOINT_FILE) => {
    saveCheckpoint(join(directory, file), {
      recipe,
      progress,
      state: await engine.state(),
      seconds: start.seconds + (performance.now() - began) / 1000,
      provenance,
      lineage: start.lineage,
    });
  };
  let tally = new Tally();
  try {
    while (!isFinished(recipe, progress) && !options.signal?.aborted) {
      if (progress.step >= (options.stopAfter ?? Infinity)) break;
      const before = progress;
      progress = await trainStep(engine, options, before, tally);

      const stage = stageOf(recipe, before);
      const stageEnded = progress.stepInStage === 0;
      // Kept after the run has gone on: to probe it, or to start other runs from it.
      if (stageEnded) await save(stageFile(stage.name));
      const { step } = progress;
      const isDue = (every = Infinity) => step % every === 0 || (stageEnded && every < Infinity);
      if (isDue(METRICS_EVERY) || isDue(options.probeEvery)) {
        const metrics = {
          ...summarise(stage, before, progress, tally),
          ...(await measure(engine, options, before, isDue)),
        };
        appendFileSync(metricsPath, `${JSON.stringify(metrics)}\n`);
        options.onProgress?.(metrics, progress);
        tally = new Tally();
      }
      if (step % CHECKPOINT_EVERY === 0) await save();
      // The engine may block; this lets signals and timers through.
      await new Promise(setImmediate);
    }
    await save();
    return progress;
  } finally {
    await engine.dispose();
  }
}

/** How the run is made from here on: a run that continues with another engine says so. */
function provenanceOf(
  { commit, engine, ...invocation }: Provenance,
  { device, version: engineVersion }: Engine,
  { progress: { step }, provenance }: Pick<Checkpoint, 'progress' | 'provenance'>,
): Provenance {
  const now = { commit, engine, device, engineVersion };
  if (step === 0) return { ...invocation, ...now };
  const changes = provenance.engineChanges ?? [];
  const before = changes.at(-1) ?? provenance;
  const isSame = (['engine', 'device', 'engineVersion'] as const).every(
    (key) => (before[key] ?? now[key]) === now[key],
  );
  return isSame ? provenance : { ...provenance, engineChanges: [...changes, { step, ...now }] };
}

/** One step of the engine on the batch that comes next. @returns the progress after it */
async function trainStep(
  engine: Engine,
  { recipe, encoder }: TrainOptions,
  progress: Progress,
  tally: Tally,
): Promise<Progress> {
  const { batch, kinds } = await nextBatch(recipe, progress, encoder);
  const step = progress.step + 1;
  const rate = learningRate(stageOf(recipe, progress), progress.stepInStage);
  const { loss, gradientNorm, predictions } = await engine.step(batch, rate, step);
  if (!Number.isFinite(loss)) {
    throw new Error(`training diverged at step ${step}: the loss is ${loss}`);
  }
  const correct = kinds.map((_, index) => predictions[index] === batch.targets[index]);
  tally.add(loss, gradientNorm, kinds, correct);
  return advance(recipe, progress, kinds, correct);
}

/** What is known without running the model again. */
function summarise(
  stage: Stage,
  before: Progress,
  { step, objects, answers }: Progress,
  tally: Tally,
) {
  return {
    step,
    stage: stage.name,
    ...tally.means(),
    learningRate: learningRate(stage, before.stepInStage),
    objects,
    answers,
  };
}

/** What the model has to be run for, where it is due. */
async function measure(
  engine: Engine,
  options: TrainOptions,
  before: Progress,
  isDue: (every?: number) => boolean,
): Promise<Pick<Metrics, 'validation' | 'mechanism'>> {
  const { recipe, encoder, probeEvery } = options;
  const vocabulary = vocabularyOf(recipe, before);
  const validation = isDue(VALIDATE_EVERY) && (await validate(engine, options, vocabulary));
  const mechanism =
    isDue(probeEvery) &&
    (await measureMechanism(
      { ...recipe, vocabulary },
      (await engine.state()).theta,
      encoder?.cached ?? encoder,
    ));
  return { ...(validation && { validation }), ...(mechanism && { mechanism }) };
}
