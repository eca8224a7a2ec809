import * as tf from '@tensorflow/tfjs';
import type { WeightType } from '../contract/card.ts';
import { inputSpecs, TARGETS, type InputSpec } from '../inference/model-inputs.ts';
import type { ModelConfig } from '../contract/recipe.ts';
import {
  forward,
  parameterCount,
  parameterSpecs,
  type ModelInputs,
  type Parameters,
} from './model/index.ts';
import { gradients, STEP_SCALARS, trainStep, unflatten } from './step.ts';
import { trace, type Tracing } from './tracer/backend.ts';
import type { OnnxGraph } from '../onnx/model.ts';

/** The graphs that are traced from the one model definition. */

/**
 * Makes the model's inputs.
 *
 * @param make makes a tensor: declares it while tracing, fills it when eager
 */
export function modelInputs(
  config: ModelConfig,
  make: (name: string, spec: InputSpec) => tf.Tensor,
): ModelInputs & { readonly targets: () => tf.Tensor1D } {
  const specs = inputSpecs(config.patchFeatures);
  const input = <T extends tf.Tensor>(name: string): T => {
    const spec = specs[name];
    if (!spec) throw new RangeError(`the model has no input ${name}`);
    return make(name, spec) as T;
  };
  return {
    tokens: input<tf.Tensor2D>('tokens'),
    positions: input<tf.Tensor2D>('positions'),
    attentionBias: input<tf.Tensor3D>('attention_bias'),
    answerIndex: input<tf.Tensor1D>('answer_index'),
    ...(config.patchFeatures > 0 && { patchFeatures: input<tf.Tensor3D>('patch_features') }),
    targets: () => make('targets', TARGETS) as tf.Tensor1D,
  };
}

const declare = (tracing: Tracing) => (name: string, spec: InputSpec) =>
  tracing.input(name, spec.type, spec.shape);

/** batch -> logits, with weights whose values are given to `encodeModel`. */
export function inferenceGraph(config: ModelConfig, type: WeightType): OnnxGraph {
  return trace('inference', (tracing) => {
    const inputs = modelInputs(config, declare(tracing));
    tracing.output('logits', forward(config, declareWeights(config, type, tracing), inputs));
  });
}

function declareWeights(config: ModelConfig, type: WeightType, tracing: Tracing): Parameters {
  return Object.fromEntries(
    parameterSpecs(config).map(({ name, shape }) => [name, tracing.weight(name, shape, type)]),
  );
}

/** theta, batch -> logits: for evaluation while training. */
export function evaluationGraph(config: ModelConfig): OnnxGraph {
  return trace('evaluation', (tracing) => {
    const theta = tracing.input('theta', 'float32', [parameterCount(config)]);
    const inputs = modelInputs(config, declare(tracing));
    tracing.output('logits', forward(config, unflatten(parameterSpecs(config), theta), inputs));
  });
}

/** theta, batch -> loss, gradient: for the test that compares engines. */
export function gradientGraph(config: ModelConfig): OnnxGraph {
  return trace('gradients', (tracing) => {
    const theta = tracing.input('theta', 'float32', [parameterCount(config)]);
    const { targets, ...inputs } = modelInputs(config, declare(tracing));
    const scale = tracing.input('loss_scale', 'float32', []);
    const outputs = gradients(config, theta, { ...inputs, targets: targets() }, scale);
    tracing.output('loss', outputs.loss);
    tracing.output('gradient', outputs.gradient);
  });
}

/** state, batch, scalars -> next state, loss, predictions: one optimiser step. */
export function trainingGraph(config: ModelConfig): OnnxGraph {
  const size = parameterCount(config);
  return trace('training', (tracing) => {
    const state = {
      theta: tracing.input('theta', 'float32', [size]),
      momentum: tracing.input('momentum', 'float32', [size]),
      variance: tracing.input('variance', 'float32', [size]),
    };
    const { targets, ...inputs } = modelInputs(config, declare(tracing));
    const scalars = tracing.input('scalars', 'float32', [STEP_SCALARS.length]);
    const next = trainStep(config, state, { ...inputs, targets: targets() }, scalars);
    tracing.output('next_theta', next.theta);
    tracing.output('next_momentum', next.momentum);
    tracing.output('next_variance', next.variance);
    tracing.output('loss', next.loss);
    tracing.output('gradient_norm', next.gradientNorm);
    tracing.output('predictions', next.predictions);
  });
}
