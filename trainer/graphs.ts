import * as tf from '@tensorflow/tfjs';
import { inputSpecs, TARGETS, type InputSpec } from '../inference/inputs.ts';
import type { ModelConfig } from '../contract/recipe.ts';
import { forward, parameterCount, parameterSpecs, type Hook, type ModelInputs } from './model.ts';
import { gradients, STEP_SCALARS, trainStep, unflatten } from './step.ts';
import { trace, type Tracing } from './tracer/backend.ts';
import type { OnnxGraph } from './tracer/onnx.ts';

/** The graphs that are traced from the one model definition. */

/** Makes the model's inputs, however a tensor is made: declared while tracing, filled when eager. */
export function modelInputs(
  config: ModelConfig,
  make: (name: string, spec: InputSpec) => tf.Tensor,
): ModelInputs & { readonly targets: () => tf.Tensor1D } {
  const tensors = Object.fromEntries(
    Object.entries(inputSpecs(config.patchFeatures)).map(([name, spec]) => [
      name,
      make(name, spec),
    ]),
  );
  return {
    tokens: tensors['tokens'] as tf.Tensor2D,
    positions: tensors['positions'] as tf.Tensor2D,
    attentionBias: tensors['attention_bias'] as tf.Tensor3D,
    answerIndex: tensors['answer_index'] as tf.Tensor1D,
    ...('patch_features' in tensors && { patchFeatures: tensors['patch_features'] as tf.Tensor3D }),
    targets: () => make('targets', TARGETS) as tf.Tensor1D,
  };
}

const declare = (tracing: Tracing) => (name: string, spec: InputSpec) =>
  tracing.input(name, spec.type, spec.shape);

/** batch -> logits, with the weights as named initialisers that the file brings along. */
export function inferenceGraph(config: ModelConfig, hook?: Hook): OnnxGraph {
  return trace('inference', (tracing) => {
    const inputs = modelInputs(config, declare(tracing));
    const parameters = Object.fromEntries(
      parameterSpecs(config).map(({ name, shape }) => [name, tracing.weight(name, shape)]),
    );
    tracing.output('logits', forward(config, parameters, inputs, hook));
  });
}

/** theta, batch -> logits: for evaluation while training. */
export function evaluationGraph(config: ModelConfig): OnnxGraph {
  return trace('evaluation', (tracing) => {
    const theta = tracing.input('theta', 'float32', [parameterCount(config)]);
    const inputs = modelInputs(config, declare(tracing));
    tracing.output('logits', forward(config, unflatten(config, theta), inputs));
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
