import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { PATCH_VALUES } from '../../inference/patch-encoder.ts';
import { fitScaling } from '../../measurement/encoders/feature-scaling.ts';
import { openEncoderFile } from '../../measurement/encoders/frozen-encoder.ts';
import { writeAtomically } from '../../node/files.ts';
import { RandomStream } from '../../task/random.ts';
import { CheckpointError, readState, writeState } from '../checkpoint.ts';
import { freshState, type HostState } from '../engines/engine.ts';
import { initialValues } from '../model/index.ts';
import { CONVNET_FEATURES, convnetFile } from './convnet.ts';
import { EncoderTraining, parametersOf } from './encoder-training.ts';
import { OBJECTIVES, type LearntEncoder, type Objective } from './objectives.ts';
import { drawPairs, pixelsOf } from './vocabulary-patches.ts';

export interface LearnOptions {
  readonly name: LearntEncoder;
  readonly seed: number;
  /** Folder of the run: checkpoint and log. */
  readonly directory: string;
  /** Called with the fraction that is done, 0 to 1. */
  readonly onProgress?: (done: number) => void;
  /** Saves and stops after this step. */
  readonly stopAfter?: number;
}

export interface Learnt {
  /** The frozen encoder's ONNX file. */
  readonly file: Uint8Array;
  readonly steps: number;
  readonly seconds: number;
  /** Path of the log. */
  readonly log: string;
}

const CHECKPOINT_EVERY = 200;
const LOG_EVERY = 50;
const WARMUP = 50;
/** Coloured shapes over which features are scaled. */
const SCALING_SAMPLE = 2000;

const progressSchema = z.object({
  name: z.string(),
  seed: z.number(),
  step: z.number(),
  seconds: z.number(),
});
type Progress = z.infer<typeof progressSchema>;

/**
 * Trains an encoder and freezes it, or continues from its checkpoint.
 *
 * @returns undefined when it was stopped before its last step
 * @throws CheckpointError when the folder has the run of another encoder or seed
 */
export async function learnEncoder(options: LearnOptions): Promise<Learnt | undefined> {
  const { name, seed, directory, onProgress, stopAfter = Infinity } = options;
  const objective: Objective = OBJECTIVES[name];
  mkdirSync(directory, { recursive: true });
  const path = join(directory, 'checkpoint.safetensors');
  const log = join(directory, 'training.jsonl');
  let { step, seconds, state } = resume(path, log, options);

  const training = await EncoderTraining.open(objective);
  const last = Math.min(objective.steps, stopAfter);
  let losses: number[] = [];
  while (step < last) {
    const began = performance.now();
    const batch = objective.batch(new RandomStream([0xe4c0de, seed, step, name.length]));
    const rate = learningRate(objective, step);
    step += 1;
    const result = await training.step(state, batch, rate, step);
    ({ state } = result);
    losses.push(result.loss);
    seconds += (performance.now() - began) / 1000;
    if (step % LOG_EVERY === 0) {
      const loss = losses.reduce((sum, value) => sum + value, 0) / losses.length;
      appendFileSync(log, `${JSON.stringify({ step, loss, learningRate: rate })}\n`);
      losses = [];
    }
    if (step % CHECKPOINT_EVERY === 0 || step === last) {
      const progress: Progress = { name, seed, step, seconds };
      writeState(path, state, { encoder: JSON.stringify(progress) });
    }
    onProgress?.(step / objective.steps);
  }
  await training.release();
  if (step < objective.steps) return undefined;
  return { file: await freeze(state.theta), steps: step, seconds, log };
}

/** The state of the checkpoint, else the initial state. Makes the log end where the state is. */
function resume(
  path: string,
  log: string,
  { name, seed }: LearnOptions,
): Progress & { state: HostState } {
  if (!existsSync(path)) {
    rmSync(log, { force: true });
    const values = parametersOf(OBJECTIVES[name]).map((spec, index) =>
      initialValues(spec, seed, index),
    );
    const theta = Float32Array.from(values.flatMap((value) => Array.from(value)));
    return { name, seed, step: 0, seconds: 0, state: freshState(theta) };
  }
  const run = readState(path, (state, metadata) => ({
    ...progressSchema.parse(JSON.parse(metadata['encoder'] ?? 'null')),
    state,
  }));
  if (run.name !== name || run.seed !== seed) {
    throw new CheckpointError(
      `${path} is of the encoder ${run.name} with seed ${run.seed}, not of ${name} with seed ${seed}; ` +
        'delete it or choose another --out',
    );
  }
  const lines = existsSync(log) ? readFileSync(log, 'utf8').split('\n').filter(Boolean) : [];
  const kept = lines.slice(0, Math.floor(run.step / LOG_EVERY));
  writeAtomically(log, kept.map((line) => `${line}\n`).join(''));
  return run;
}

/** Linear warm-up, then cosine decay to zero. */
function learningRate({ steps, peak }: Objective, step: number): number {
  if (step < WARMUP) return (peak * (step + 1)) / WARMUP;
  return peak * 0.5 * (1 + Math.cos((Math.PI * (step - WARMUP)) / (steps - WARMUP)));
}

/** The network with its features scaled to mean 0 and variance 1 over coloured shapes. */
async function freeze(theta: Float32Array): Promise<Uint8Array> {
  const pixels = pixelsOf(drawPairs(new RandomStream([0xe4c0de, 0, 0, 5]), SCALING_SAMPLE));
  const encode = await openEncoderFile(convnetFile(theta));
  const features = await encode(pixels, pixels.length / PATCH_VALUES);
  return convnetFile(theta, fitScaling(features, CONVNET_FEATURES));
}
