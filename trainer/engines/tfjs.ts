import * as tf from '@tensorflow/tfjs';
import type { Batch } from '../../task/batch.ts';
import type { ModelConfig } from '../../contract/recipe.ts';
import { inputShape } from '../../inference/model-inputs.ts';
import { loadTensorflow, type NativeTensorflow } from '../../node/tensorflow.ts';
import { modelInputs } from '../graphs.ts';
import { forward, parameterSpecs, sizeOf } from '../model/index.ts';
import { gradients, stepScalars, trainStep, unflatten, type TrainingState } from '../step.ts';
import { EngineUnavailable, type Engine, type EngineFactory, type HostState } from './engine.ts';

/** TensorFlow.js in plain JavaScript: slow. The other engines are tested against it. */
export const createTfjsCpuEngine: EngineFactory = async (config, state) => {
  // Without it tfjs prints an advertisement of tfjs-node in every Node program.
  tf.env().set('PROD', true);
  await tf.setBackend('cpu');
  const runtime = { version: tf.version.tfjs, device: 'cpu' } as const;
  return new TfjsEngine('tfjs-cpu', 'cpu', runtime, config, state);
};

/**
 * TensorFlow.js on native TensorFlow. The package is an optional peer dependency, imported only here.
 *
 * @throws EngineUnavailable when the package cannot be loaded, or finds no GPU and may not use the CPU
 */
export const createTfjsGpuEngine: EngineFactory = async (config, state, options) => {
  const { threads = 1, allowCpuFallback = false } = options;
  const runtime = await loadTensorflow(threads).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EngineUnavailable(`${reason}, or use --engine ort`, { cause });
  });
  if (runtime.device === 'cpu' && !allowCpuFallback) {
    throw new EngineUnavailable(
      `TensorFlow ${runtime.version} finds no GPU that it can use: train with --engine ort, which is ` +
        'faster on a CPU, or add --allow-cpu-fallback',
    );
  }
  return new TfjsEngine('tfjs-gpu', 'tensorflow', runtime, config, state);
};

class TfjsEngine implements Engine {
  readonly device: string;
  readonly version: string;
  #state: TrainingState;

  constructor(
    readonly name: string,
    private readonly backend: string,
    { device, version }: NativeTensorflow,
    private readonly config: ModelConfig,
    state: HostState,
  ) {
    this.device = device;
    this.version = version;
    this.#state = {
      theta: tf.tensor1d(state.theta.slice()),
      momentum: tf.tensor1d(state.momentum.slice()),
      variance: tf.tensor1d(state.variance.slice()),
    };
  }

  async step(batch: Batch, learningRate: number, step: number) {
    const next = this.#run(() => {
      const { targets, ...inputs } = this.#inputs(batch);
      const scalars = tf.tensor1d(stepScalars(learningRate, step, batch.targets.length));
      return trainStep(this.config, this.#state, { ...inputs, targets: targets() }, scalars);
    });
    const { loss, gradientNorm, predictions, theta, momentum, variance } = next;
    tf.dispose(Object.values(this.#state));
    this.#state = { theta, momentum, variance };
    const result = {
      loss: await scalarIn(loss),
      gradientNorm: await scalarIn(gradientNorm),
      predictions: await predictions.data<'int32'>(),
    };
    tf.dispose([loss, gradientNorm, predictions]);
    return result;
  }

  async logits(batch: Batch) {
    const logits = this.#run(() => {
      const parameters = unflatten(parameterSpecs(this.config), this.#state.theta);
      return forward(this.config, parameters, this.#inputs(batch));
    });
    const data = await logits.data<'float32'>();
    logits.dispose();
    return data;
  }

  async gradient(batch: Batch) {
    const { loss, gradient, predictions } = this.#run(() => {
      const { targets, ...inputs } = this.#inputs(batch);
      const scale = tf.scalar(1 / batch.targets.length);
      return gradients(this.config, this.#state.theta, { ...inputs, targets: targets() }, scale);
    });
    const result = { loss: await scalarIn(loss), gradient: await gradient.data<'float32'>() };
    tf.dispose([loss, gradient, predictions]);
    return result;
  }

  async state(): Promise<HostState> {
    const { theta, momentum, variance } = this.#state;
    const read = async (tensor: tf.Tensor) => (await tensor.data<'float32'>()).slice();
    return {
      theta: await read(theta),
      momentum: await read(momentum),
      variance: await read(variance),
    };
  }

  dispose() {
    tf.dispose(Object.values(this.#state));
    return Promise.resolve();
  }

  #run<T extends tf.TensorContainer>(work: () => T): T {
    // Another engine, or a trace, may have selected its own backend.
    void tf.setBackend(this.backend);
    return tf.tidy(work);
  }

  #inputs(batch: Batch) {
    return modelInputs(this.config, (_, spec) => {
      const shape = inputShape(spec, batch);
      // A batch without pictures has no patch features: they are zero.
      return tf.tensor(spec.read(batch) ?? new Float32Array(sizeOf(shape)), shape, spec.type);
    });
  }
}

/** NaN where the tensor is empty. */
const scalarIn = async (tensor: tf.Scalar): Promise<number> => (await tensor.data())[0] ?? NaN;
