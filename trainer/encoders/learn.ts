import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { PATCH_VALUES } from '../../inference/patch-encoder.ts';
import { RandomStream } from '../../task/random.ts';
import { writeAtomically } from '../../node/files.ts';
import { CheckpointError, readState, writeState } from '../checkpoint.ts';
import { freshState, type HostState } from '../engines/engine.ts';
import { initialValues, sizeOf, type ParameterSpec } from '../model.ts';
import { adamW, STEP_SCALARS, stepScalars, unflatten } from '../step.ts';
import { trace } from '../tracer/backend.ts';
import { encodeModel } from '../tracer/onnx.ts';
import { CONVNET_FEATURES, CONVNET_SPECS, convnetFile } from './convnet.ts';
import { fitScaling } from '../../measurement/encoders/feature-scaling.ts';
import { declareInputs, OBJECTIVES, type LearntEncoder, type Objective } from './objectives.ts';
import { openEncoderFile } from '../../measurement/encoders/frozen-encoder.ts';
import { drawPairs, pixelsOf } from './vocabulary-patches.ts';

export interface LearnOptions {
  readonly name: LearntEncoder;
  readonly seed: number;
  /** Folder of the run: checkpoint and log. */
  readonly directory: string;
  readonly onProgress?: (done: number) => void;
  /** Ends after so many steps, as if interrupted. */
  readonly stopAfter?: number;
}

export interface Learnt {
  readonly file: Uint8Array;
  readonly steps: number;
  readonly seconds: number;
  /** Path of the log. */
  readonly log: string;
}

const CHECKPOINT_EVERY = 200;
const LOG_EVERY = 50;
const WARMUP = 50;
const NORMALISED_OVER = 2000;

const specsOf = ({ head }: Objective): ParameterSpec[] => [...CONVNET_SPECS, ...head];

/** state, batch, scalars -> next state, loss. */
function trainingFile(objective: Objective): Uint8Array {
  const specs = specsOf(objective);
  const size = specs.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const graph = trace('encoder-training', (tracing) => {
    const vector = (name: string) => tracing.input(name, 'float32', [size]);
    const state = {
      theta: vector('theta'),
      momentum: vector('momentum'),
      variance: vector('variance'),
    };
    const inputs = declareInputs(objective, tracing);
    const scalars = tracing.input('scalars', 'float32', [STEP_SCALARS.length]);
    const parameters = unflatten(specs, state.theta);
    const { value, grads } = tf.valueAndGrads((...tensors: tf.Tensor[]) =>
      objective.loss(
        Object.fromEntries(specs.map(({ name }, place) => [name, tensors[place]])),
        inputs,
      ),
    )(specs.map(({ name }) => parameters[name]));
    const gradient = tf.concat(grads.map((grad) => tf.reshape<tf.Rank.R1>(grad, [-1])));
    const next = adamW(specs, state, gradient, scalars);
    tracing.output('next_theta', next.theta);
    tracing.output('next_momentum', next.momentum);
    tracing.output('next_variance', next.variance);
    tracing.output('loss', value);
  });
  return encodeModel(graph);
}

/**
 * Trains an encoder to its end and freezes it; goes on from its checkpoint where there is one.
 *
 * @throws CheckpointError where the folder holds another encoder's run
 */
export async function learnEncoder(options: LearnOptions): Promise<Learnt | undefined> {
  const { name, seed, directory, onProgress, stopAfter = Infinity } = options;
  const objective: Objective = OBJECTIVES[name];
  mkdirSync(directory, { recursive: true });
  const [path, log] = [
    join(directory, 'checkpoint.safetensors'),
    join(directory, 'training.jsonl'),
  ];
  let { step, seconds, state } = startOf(path, log, options);

  const ort = await import('onnxruntime-node');
  const session = await ort.InferenceSession.create(trainingFile(objective), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  const vector = (data: Float32Array) => new ort.Tensor('float32', data, [data.length]);
  let losses: number[] = [];
  const last = Math.min(objective.steps, stopAfter);
  while (step < last) {
    const began = performance.now();
    const stream = new RandomStream([0xe4c0de, seed, step, name.length]);
    const rate = learningRate(objective, step);
    const feeds = Object.entries(objective.batch(stream)).map(([input, data]) => {
      const [type, shape] = objective.inputs[input];
      return [input, new ort.Tensor(type, data, shape)] as const;
    });
    const outputs = await session.run({
      theta: vector(state.theta),
      momentum: vector(state.momentum),
      variance: vector(state.variance),
      scalars: vector(stepScalars(rate, ++step, 1)),
      ...Object.fromEntries(feeds),
    });
    const values = (output: string) => outputs[output].data as Float32Array;
    state = {
      theta: values('next_theta'),
      momentum: values('next_momentum'),
      variance: values('next_variance'),
    };
    const [loss] = values('loss');
    if (!Number.isFinite(loss)) throw new Error(`training diverged at step ${step}`);
    losses.push(loss);
    seconds += (performance.now() - began) / 1000;
    if (step % LOG_EVERY === 0) {
      const mean = losses.reduce((sum, one) => sum + one, 0) / losses.length;
      appendFileSync(log, `${JSON.stringify({ step, loss: mean, learningRate: rate })}\n`);
      losses = [];
    }
    if (step % CHECKPOINT_EVERY === 0 || step === last) {
      const metadata = { name, seed, step, seconds };
      writeState(path, state, { encoder: JSON.stringify(metadata) });
    }
    onProgress?.(step / objective.steps);
  }
  await session.release();
  if (step < objective.steps) return undefined;
  return { file: await freeze(state.theta), steps: step, seconds, log };
}

function startOf(path: string, log: string, { name, seed }: LearnOptions) {
  if (!existsSync(path)) {
    rmSync(log, { force: true });
    const values = specsOf(OBJECTIVES[name]).map((spec, place) => initialValues(spec, seed, place));
    const theta = Float32Array.from(values.flatMap((value) => Array.from(value)));
    return { step: 0, seconds: 0, state: freshState(theta) };
  }
  const run = readState(path, (state: HostState, metadata) => {
    const told = JSON.parse(metadata['encoder']) as {
      name: string;
      seed: number;
      step: number;
      seconds: number;
    };
    return { ...told, state };
  });
  if (run.name !== name || run.seed !== seed) {
    throw new CheckpointError(`${path} belongs to another encoder or seed; delete it`);
  }
  // Lines that were written after the checkpoint will be written again.
  const lines = existsSync(log) ? readFileSync(log, 'utf8').split('\n').filter(Boolean) : [];
  const kept = lines.slice(0, Math.floor(run.step / LOG_EVERY));
  writeAtomically(log, kept.map((line) => `${line}\n`).join(''));
  return run;
}

/** Linear warm-up, then cosine decay to nothing. */
function learningRate({ steps, peak }: Objective, step: number): number {
  if (step < WARMUP) return (peak * (step + 1)) / WARMUP;
  return peak * 0.5 * (1 + Math.cos((Math.PI * (step - WARMUP)) / (steps - WARMUP)));
}

/** The network with its features brought to mean 0 and variance 1 over coloured shapes. */
async function freeze(theta: Float32Array): Promise<Uint8Array> {
  const pixels = pixelsOf(drawPairs(new RandomStream([0xe4c0de, 0, 0, 5]), NORMALISED_OVER));
  const run = await openEncoderFile(convnetFile(theta));
  const features = await run(pixels, pixels.length / PATCH_VALUES);
  return convnetFile(theta, fitScaling(features, CONVNET_FEATURES));
}
