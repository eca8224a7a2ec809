import * as tf from '@tensorflow/tfjs';
import type { Batch } from '../../task/batch.ts';
import type { ModelConfig } from '../../contract/recipe.ts';
import { inputShape } from '../../inference/model-inputs.ts';
import { modelInputs } from '../graphs.ts';
import { forward, parameterSpecs } from '../model.ts';
import { gradients, stepScalars, trainStep, unflatten, type TrainingState } from '../step.ts';
import { EngineUnavailable, type Engine, type EngineFactory, type HostState } from './engine.ts';

/** TensorFlow.js in plain JavaScript: slow, and the reference for every other engine. */
export const createTfjsCpuEngine: EngineFactory = async (config, state) => {
  // Else tfjs greets every Node program with an advertisement of tfjs-node.
  tf.env().set('PROD', true);
  await tf.setBackend('cpu');
  return new TfjsEngine('tfjs-cpu', 'cpu', config, state);
};

/** TensorFlow.js on CUDA; the package is an optional peer and is looked for only here. */
export const createTfjsGpuEngine: EngineFactory = async (config, state) => {
  const packageName = '@tensorflow/tfjs-node-gpu';
  try {
    await import(packageName);
  } catch (error) {
    throw new EngineUnavailable(
      `the engine tfjs-gpu needs ${packageName}: run "npm install --no-save ${packageName}@4.22.0" ` +
        '(Linux or Windows, CUDA 11.2, cuDNN 8.1, Node below 23), or use --engine ort',
      { cause: error },
    );
  }
  await tf.setBackend('tensorflow');
  return new TfjsEngine('tfjs-gpu', 'tensorflow', config, state);
};

class TfjsEngine implements Engine {
  #state: TrainingState;

  constructor(
    readonly name: string,
    private readonly backend: string,
    private readonly config: ModelConfig,
    state: HostState,
  ) {
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
      loss: (await loss.data())[0],
      gradientNorm: (await gradientNorm.data())[0],
      predictions: (await predictions.data()) as Int32Array,
    };
    tf.dispose([loss, gradientNorm, predictions]);
    return result;
  }

  async logits(batch: Batch) {
    const logits = this.#run(() => {
      const parameters = unflatten(parameterSpecs(this.config), this.#state.theta);
      return forward(this.config, parameters, this.#inputs(batch));
    });
    const data = await logits.data();
    logits.dispose();
    return data as Float32Array;
  }

  async gradient(batch: Batch) {
    const { loss, gradient, predictions } = this.#run(() => {
      const { targets, ...inputs } = this.#inputs(batch);
      const scale = tf.scalar(1 / batch.targets.length);
      return gradients(this.config, this.#state.theta, { ...inputs, targets: targets() }, scale);
    });
    const result = {
      loss: (await loss.data())[0],
      gradient: (await gradient.data()) as Float32Array,
    };
    tf.dispose([loss, gradient, predictions]);
    return result;
  }

  async state(): Promise<HostState> {
    const { theta, momentum, variance } = this.#state;
    const read = async (tensor: tf.Tensor) => ((await tensor.data()) as Float32Array).slice();
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
    // Another engine or a trace may have made its own backend current.
    void tf.setBackend(this.backend);
    return tf.tidy(work);
  }

  #inputs(batch: Batch) {
    return modelInputs(this.config, (_, spec) => {
      const shape = inputShape(spec, batch);
      return tf.tensor(
        spec.read(batch) ?? new Float32Array(shape.reduce((a, b) => a * b, 1)),
        shape,
        spec.type,
      );
    });
  }
}
