import type { Batch } from '../../task/batch.ts';
import type { ModelConfig } from '../../contract/recipe.ts';
import type { TrainingState } from '../step.ts';

export type HostState = TrainingState<Float32Array>;

export interface StepResult {
  /** Mean cross-entropy, nats per answer. */
  readonly loss: number;
  /** Euclidean norm of the gradient before clipping. */
  readonly gradientNorm: number;
  /** [N] most probable next tokens */
  readonly predictions: Int32Array;
}

/** Trains a model. All engines run the same step (`trainer/step.ts`). */
export interface Engine {
  readonly name: string;
  /** Where it computes: `cpu`, `gpu`, or an execution provider of ONNX Runtime. */
  readonly device: string;
  /** Version of ONNX Runtime, TensorFlow.js or native TensorFlow. */
  readonly version: string;
  /**
   * One optimiser step, which changes the engine's state.
   *
   * @param learningRate at this step of the schedule
   * @param step counted from 1 since the optimiser's moments were zero
   */
  step(batch: Batch, learningRate: number, step: number): Promise<StepResult>;
  /** Logits [N, V] of a batch under the present parameters. */
  logits(batch: Batch): Promise<Float32Array>;
  /** Loss and gradient [P] under the present parameters, which stay as they are. */
  gradient(batch: Batch): Promise<{ loss: number; gradient: Float32Array }>;
  /** A copy of parameters and moments. */
  state(): Promise<HostState>;
  dispose(): Promise<void>;
}

export const PROVIDERS = ['cpu', 'webgpu', 'cuda'] as const;

export interface EngineOptions {
  /** ONNX Runtime execution provider; `ort` only. */
  readonly provider?: (typeof PROVIDERS)[number];
  /** Threads on the CPU; `tfjs-cpu` has one. Default: 1. */
  readonly threads?: number;
  /** Lets `tfjs-gpu` train on the CPU where it finds no GPU. */
  readonly allowCpuFallback?: boolean;
}

export type EngineFactory = (
  config: ModelConfig,
  state: HostState,
  options: EngineOptions,
) => Promise<Engine>;

/** A start state: given parameters and moments of zero. */
export function freshState(theta: Float32Array): HostState {
  const zeros = () => new Float32Array(theta.length);
  return { theta: theta.slice(), momentum: zeros(), variance: zeros() };
}

/** An engine that cannot run on this machine; the message says what is missing and what to do. */
export class EngineUnavailable extends Error {
  override readonly name = 'EngineUnavailable';
}
