import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { answerQueries } from '../inference/answer-queries.ts';
import { listQueryIndices } from '../task/query-indices.ts';
import type { Recipe } from '../contract/recipe.ts';
import { parseSpec, type Vocabulary } from '../task/spec.ts';
import type { FrozenEncoder } from '../measurement/encoders/frozen-encoder.ts';
import { writeAtomically } from '../node/files.ts';
import { CheckpointError, saveCheckpoint, type Provenance } from './checkpoint.ts';
import {
  advance,
  isFinished,
  learningRate,
  modalitiesOf,
  nextBatch,
  vocabularyOf,
  type AnswerKind,
  type Progress,
} from './curriculum.ts';
import type { Engine, EngineFactory, EngineOptions } from './engines/engine.ts';
import { measureMechanism, type MechanismByModality } from './mechanism-log.ts';
import { runnerOf } from './engine-runner.ts';
import { initialState } from './initial-state.ts';

/** One line of metrics.jsonl: means over the steps since the last one. */
export interface Metrics {
  readonly step: number;
  readonly stage: string;
  readonly loss: number;
  readonly gradientNorm: number;
  readonly learningRate: number;
  /** The largest number of objects at present. */
  readonly objects: number;
  /** Training accuracy by modality and question, `text.indirect` for example. */
  readonly accuracy: Readonly<Record<string, number>>;
  readonly answers: number;
  readonly stepsPerSecond: number;
  /** Accuracy on validation queries by modality and number of objects, where it was measured. */
  readonly validation?: Readonly<Record<string, number>>;
  /** The mechanism by modality, where it was read. */
  readonly mechanism?: MechanismByModality;
}

export interface TrainOptions {
  readonly recipe: Recipe;
  readonly seed: number;
  readonly provenance: Provenance;
  /** Folder of the run: checkpoint and metrics. */
  readonly directory: string;
  readonly engine: EngineFactory;
  readonly engineOptions: EngineOptions;
  /** The one that the recipe names. */
  readonly encoder?: FrozenEncoder;
  /** Checkpoint of the model that the recipe starts from. */
  readonly from?: string;
  /** Checkpoint whose token embeddings it starts with, where the recipe wants a stranger's. */
  readonly embeddingsFrom?: string;
  readonly onProgress?: (metrics: Metrics, progress: Progress) => void;
  /** Asks training to stop: it saves and returns. */
  readonly signal?: AbortSignal;
  /** Reads the mechanism every so many steps. */
  readonly probeEvery?: number;
  /** Ends after so many steps of the run, as if interrupted. */
  readonly stopAfter?: number;
}

export const CHECKPOINT_FILE = 'checkpoint.safetensors';
export const stageFile = (stage: string): string => `${stage}.safetensors`;
export const METRICS_FILE = 'metrics.jsonl';

const METRICS_EVERY = 20;
const CHECKPOINT_EVERY = 200;
const VALIDATE_EVERY = 200;
const VALIDATION_OBJECTS = [2, 4, 8, 9, 12, 16, 24, 32] as const;
/** Queries for each number of objects, and modality. */
export const VALIDATION_QUERIES = 96;
const VALIDATION_SEED = 1;

/**
 * Runs a recipe to its end, or until it is told to stop; goes on from the run's checkpoint where
 * there is one, bit for bit as if it had never stopped.
 *
 * @returns where the run stands
 * @throws CheckpointError when a checkpoint cannot be read, written, or belongs to another recipe
 */
export async function train(options: TrainOptions): Promise<Progress> {
  const { recipe, directory, encoder } = options;
  if (encoder?.identity.sha256 !== recipe.encoder?.sha256) {
    throw new CheckpointError('the encoder is not the one that the recipe names');
  }
  mkdirSync(directory, { recursive: true });
  const checkpointPath = join(directory, CHECKPOINT_FILE);
  const start = await initialState(options, checkpointPath);
  let { progress } = start;
  const engine = await options.engine(recipe.model, start.state, options.engineOptions);
  trimMetrics(join(directory, METRICS_FILE), progress.step);

  const began = performance.now();
  const seconds = () => start.seconds + (performance.now() - began) / 1000;
  const save = async (file = CHECKPOINT_FILE) => {
    saveCheckpoint(join(directory, file), {
      recipe,
      progress,
      state: await engine.state(),
      seconds: seconds(),
      provenance: start.provenance,
      lineage: start.lineage,
    });
  };
  let tally = new Tally();
  try {
    while (!isFinished(recipe, progress) && !options.signal?.aborted) {
      if (progress.step >= (options.stopAfter ?? Infinity)) break;
      const stage = recipe.stages[progress.stage];
      const rate = learningRate(stage, progress.stepInStage);
      const vocabulary = vocabularyOf(recipe, progress);
      const { batch, kinds } = await nextBatch(recipe, progress, encoder);
      const result = await engine.step(batch, rate, progress.step + 1);
      if (!Number.isFinite(result.loss)) {
        throw new Error(
          `training diverged at step ${progress.step + 1}: the loss is ${result.loss}`,
        );
      }
      const right = kinds.map((_, place) => result.predictions[place] === batch.targets[place]);
      tally.add(result.loss, result.gradientNorm, kinds, right);
      progress = advance(recipe, progress, kinds, right);

      const stageEnded = progress.stepInStage === 0;
      const due = (every: number) => progress.step % every === 0 || stageEnded;
      // What a stage has learnt stays available: to probe it, or to branch off from it.
      if (stageEnded) await save(stageFile(stage.name));
      const probing = options.probeEvery !== undefined && due(options.probeEvery);
      if (due(METRICS_EVERY) || probing) {
        const validation = due(VALIDATE_EVERY)
          ? await validateOn(engine, options, vocabulary)
          : undefined;
        const mechanism = probing
          ? await measureMechanism(
              { ...recipe, vocabulary },
              (await engine.state()).theta,
              encoder?.cached ?? encoder,
            )
          : undefined;
        const metrics = {
          step: progress.step,
          stage: stage.name,
          ...tally.means(),
          learningRate: rate,
          objects: progress.objects,
          answers: progress.answers,
          ...(validation && { validation }),
          ...(mechanism && { mechanism }),
        };
        appendFileSync(join(directory, METRICS_FILE), `${JSON.stringify(metrics)}\n`);
        options.onProgress?.(metrics, progress);
        tally = new Tally();
      }
      if (progress.step % CHECKPOINT_EVERY === 0) await save();
      // The engine may block; this lets signals and timers through.
      await new Promise(setImmediate);
    }
    await save();
    return progress;
  } finally {
    await engine.dispose();
  }
}

/** Drops the lines that a run wrote after its last checkpoint: they will be written again. */
function trimMetrics(path: string, step: number): void {
  if (!existsSync(path)) return;
  const kept = readMetrics(path).filter((metrics) => metrics.step <= step);
  writeAtomically(path, kept.map((metrics) => `${JSON.stringify(metrics)}\n`).join(''));
}

export function readMetrics(path: string): Metrics[] {
  const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Metrics);
}

/** Sums over the steps between two lines of metrics. */
class Tally {
  readonly #began = performance.now();
  readonly #answers = new Map<string, { right: number; all: number }>();
  #steps = 0;
  #loss = 0;
  #gradientNorm = 0;

  add(loss: number, gradientNorm: number, kinds: readonly AnswerKind[], right: readonly boolean[]) {
    this.#steps++;
    this.#loss += loss;
    this.#gradientNorm += gradientNorm;
    kinds.forEach(({ modality, question }, place) => {
      const key = `${modality}.${question}`;
      const count = this.#answers.get(key) ?? { right: 0, all: 0 };
      count.all++;
      if (right[place]) count.right++;
      this.#answers.set(key, count);
    });
  }

  means() {
    const accuracies = [...this.#answers].map(
      ([key, { right, all }]) => [key, right / all] as const,
    );
    return {
      loss: this.#loss / this.#steps,
      gradientNorm: this.#gradientNorm / this.#steps,
      accuracy: Object.fromEntries(accuracies),
      stepsPerSecond: (1000 * this.#steps) / (performance.now() - this.#began),
    };
  }
}

/** Accuracy on validation scenes of the modalities that the recipe shows, keyed `text.8`. */
async function validateOn(
  engine: Engine,
  { recipe, encoder }: TrainOptions,
  vocabulary: Vocabulary,
) {
  const streams = recipe.stages.flatMap((stage) => stage.mix);
  const { order } = streams.find((stream) => stream.modality === 'text') ?? { order: 'context' };
  const runner = runnerOf(engine, recipe.model.patchFeatures, encoder?.cached ?? encoder);
  const accuracies: Record<string, number> = {};
  const { grid } = recipe;
  const most = Math.min(...Object.values(vocabulary), grid ** 2);
  for (const modality of modalitiesOf(recipe)) {
    for (const objects of VALIDATION_OBJECTS.filter((count) => count <= most)) {
      const spec = parseSpec({ split: 'validation', modality, order, objects, vocabulary, grid });
      const places = listQueryIndices(objects, VALIDATION_QUERIES);
      const outcomes = await answerQueries(runner, spec, VALIDATION_SEED, places);
      const right = outcomes.filter((outcome) => outcome.correct).length;
      accuracies[`${modality}.${objects}`] = right / outcomes.length;
    }
  }
  return accuracies;
}
