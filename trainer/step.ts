import * as tf from '@tensorflow/tfjs';
import type { ModelConfig } from '../contract/recipe.ts';
import {
  forward,
  parameterSpecs,
  sizeOf,
  type ModelInputs,
  type Parameters,
  type ParameterSpec,
} from './model/index.ts';
import { crossEntropy, splitInto } from './ops.ts';

/**
 * The training step, as TensorFlow.js ops: run eagerly or traced, it is the same step. Parameters,
 * and AdamW's moments, are flat vectors of the same length: a step maps three vectors to three.
 */

/** AdamW (Loshchilov & Hutter 2019), with the values that worked best in trials. */
export const ADAM = {
  beta1: 0.9,
  beta2: 0.98,
  epsilon: 1e-8,
  weightDecay: 0.01,
  clipNorm: 1,
} as const;

/** Parameters with AdamW's first and second moments, [P] each. */
export type TrainingState<T = tf.Tensor> = {
  readonly theta: T;
  readonly momentum: T;
  readonly variance: T;
};

/** What changes from step to step besides the batch: a vector of this length and order. */
export const STEP_SCALARS = ['learningRate', 'correction1', 'correction2', 'lossScale'] as const;

/**
 * @param step counted from 1
 * @param answers N, the number of answers the loss is averaged over
 */
export function stepScalars(learningRate: number, step: number, answers: number): Float32Array {
  return Float32Array.of(
    learningRate,
    1 / (1 - ADAM.beta1 ** step),
    1 / (1 - ADAM.beta2 ** step),
    1 / answers,
  );
}

/** Cuts theta [P] into named parameters. */
export const unflatten = (specs: readonly ParameterSpec[], theta: tf.Tensor): Parameters =>
  byName(specs, cut(specs, theta));

/** Cuts theta [P] into one tensor of each shape. */
function cut(specs: readonly ParameterSpec[], theta: tf.Tensor): tf.Tensor[] {
  const sizes = specs.map(({ shape }) => sizeOf(shape));
  const shapes = specs.map(({ shape }) => [...shape]);
  return tf.split(theta, sizes).map((part, index) => tf.reshape(part, shapes[index] ?? [-1]));
}

const byName = (specs: readonly ParameterSpec[], tensors: readonly tf.Tensor[]): Parameters =>
  Object.fromEntries(tensors.map((tensor, index) => [specs[index]?.name ?? '', tensor]));

/** A function of parameters at theta [P], and its gradient [P]. */
export function valueAndGradient(
  specs: readonly ParameterSpec[],
  theta: tf.Tensor,
  f: (parameters: Parameters) => tf.Scalar,
): { readonly value: tf.Scalar; readonly gradient: tf.Tensor1D } {
  const evaluate = tf.valueAndGrads((...tensors: tf.Tensor[]) => f(byName(specs, tensors)));
  const { value, grads } = evaluate(cut(specs, theta));
  const gradient = tf.concat(grads.map((grad) => tf.reshape<tf.Rank.R1>(grad, [-1])));
  return { value: value, gradient };
}

export type Gradients = {
  /** Mean cross-entropy in nats per answer. */
  readonly loss: tf.Scalar;
  /** [P] */
  readonly gradient: tf.Tensor1D;
  /** [N] int32, the most probable next tokens */
  readonly predictions: tf.Tensor1D;
};

/** What a model is trained on: the tokens that come next at the places that `answerIndex` lists. */
export type TrainingInputs = ModelInputs & {
  /** [N] int32 token ids */
  readonly targets: tf.Tensor1D;
};

/**
 * Loss and its gradient with respect to theta. The loss is over all places that `answerIndex` lists:
 * where it lists every token of a sequence (`withNextTokens`), it is the next-token loss over the whole
 * sequence.
 *
 * @param lossScale what the summed cross-entropy is multiplied by, such as 1 / N
 */
export function gradients(
  config: ModelConfig,
  theta: tf.Tensor,
  inputs: TrainingInputs,
  lossScale: tf.Tensor,
): Gradients {
  let predictions: tf.Tensor1D | undefined;
  const { value, gradient } = valueAndGradient(parameterSpecs(config), theta, (parameters) => {
    const logits = forward(config, parameters, inputs);
    predictions = tf.keep(tf.argMax<tf.Tensor1D>(logits, -1));
    return tf.mul(crossEntropy(logits, inputs.targets), lossScale);
  });
  if (!predictions) throw new Error('the loss was not evaluated');
  return { loss: value, gradient, predictions };
}

/** 1 where weight decay applies, else 0: [P]. */
function decayMask(specs: readonly ParameterSpec[]): Float32Array {
  const mask = new Float32Array(specs.reduce((sum, { shape }) => sum + sizeOf(shape), 0));
  let offset = 0;
  for (const { shape, decays } of specs) {
    mask.fill(decays ? 1 : 0, offset, (offset += sizeOf(shape)));
  }
  return mask;
}

/** The scalars that `STEP_SCALARS` names, in its order. */
function splitScalars(scalars: tf.Tensor): [tf.Scalar, tf.Scalar, tf.Scalar, tf.Scalar] {
  const scalar = (part: tf.Tensor) => tf.reshape<tf.Rank.R0>(part, []);
  const [learningRate, correction1, correction2, lossScale] = splitInto(scalars, [1, 1, 1, 1], 0);
  return [scalar(learningRate), scalar(correction1), scalar(correction2), scalar(lossScale)];
}

/**
 * One update by AdamW with the gradient's norm clipped.
 *
 * @param gradient [P]
 * @param scalars [4], see `STEP_SCALARS`
 */
export function adamW(
  specs: readonly ParameterSpec[],
  state: TrainingState,
  gradient: tf.Tensor,
  scalars: tf.Tensor,
): TrainingState & { readonly gradientNorm: tf.Scalar } {
  const [learningRate, correction1, correction2] = splitScalars(scalars);
  const { beta1, beta2, epsilon, weightDecay, clipNorm } = ADAM;
  const gradientNorm = tf.sqrt<tf.Scalar>(tf.sum(tf.square(gradient)));
  const clipped = tf.mul(gradient, tf.minimum(1, tf.div(clipNorm, tf.add(gradientNorm, 1e-6))));
  const momentum = tf.add(tf.mul(state.momentum, beta1), tf.mul(clipped, 1 - beta1));
  const variance = tf.add(tf.mul(state.variance, beta2), tf.mul(tf.square(clipped), 1 - beta2));
  const direction = tf.div(
    tf.mul(momentum, correction1),
    tf.add(tf.sqrt(tf.mul(variance, correction2)), epsilon),
  );
  const decay = tf.mul(state.theta, tf.mul(tf.tensor1d(decayMask(specs)), weightDecay));
  const theta = tf.sub(state.theta, tf.mul(learningRate, tf.add(direction, decay)));
  return { theta, momentum, variance, gradientNorm };
}

/**
 * One optimiser step of a model.
 *
 * @param scalars [4], see `STEP_SCALARS`
 */
export function trainStep(
  config: ModelConfig,
  state: TrainingState,
  inputs: TrainingInputs,
  scalars: tf.Tensor,
): TrainingState & Omit<Gradients, 'gradient'> & { readonly gradientNorm: tf.Scalar } {
  const [, , , lossScale] = splitScalars(scalars);
  const { loss, gradient, predictions } = gradients(config, state.theta, inputs, lossScale);
  return { ...adamW(parameterSpecs(config), state, gradient, scalars), loss, predictions };
}
