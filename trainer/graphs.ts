import * as tf from '@tensorflow/tfjs';
import {
  HEAD_KEEP,
  HEAD_OUTPUTS,
  HEAD_VALUE,
  LAYER_BIAS,
  PATTERNS,
  probeInputShapes,
  RESIDUAL_KEEP,
  RESIDUAL_VALUE,
  RESIDUALS,
} from '../probes/graph-io.ts';
import type { WeightType } from '../contract/card.ts';
import { inputSpecs, TARGETS, type InputSpec } from '../inference/model-inputs.ts';
import type { ModelConfig } from '../contract/recipe.ts';
import {
  forward,
  parameterCount,
  parameterSpecs,
  type ModelInputs,
  type Parameters,
} from './model.ts';
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

/**
 * batch, patches -> logits, residual stream, head outputs, attention: the inference graph with taps.
 * Its weights are those of the inference file (`ModelCard.files.model.weightsOffset`).
 */
export function probeGraph(config: ModelConfig, type: WeightType = 'float32'): OnnxGraph {
  const { layers } = config;
  return trace('probe', (tracing) => {
    const inputs = modelInputs(config, declare(tracing));
    const parameters = declareWeights(config, type, tracing);
    const [rows, length] = inputs.tokens.shape;
    /** An extra input, cut into one tensor a layer. */
    const perLayer = (name: keyof ReturnType<typeof probeInputShapes>) => {
      const shape = probeInputShapes(config)[name];
      const parts = tf.split(tracing.input(name, 'float32', shape), shape[0], 0);
      return parts.map((part) => tf.reshape(part, part.shape.slice(1)));
    };
    const residualKeep = perLayer(RESIDUAL_KEEP);
    const residualValue = perLayer(RESIDUAL_VALUE);
    const headKeep = perLayer(HEAD_KEEP);
    const headValue = perLayer(HEAD_VALUE);
    const layerBias = perLayer(LAYER_BIAS);
    const residuals: tf.Tensor[] = [];
    const headOutputs: tf.Tensor[] = [];
    const patterns: tf.Tensor[] = [];
    const tap = (list: tf.Tensor[], activation: tf.Tensor) => {
      list.push(tf.expandDims(activation, 0));
      return activation;
    };

    const logits = forward(config, parameters, inputs, (name, activation) => {
      const layer = /^blocks\.(\d+)\./.exec(name)?.[1];
      const at = layer === undefined ? layers : Number(layer);
      if (name.endsWith('hook_resid_pre') || name === 'hook_resid_final') {
        const stream = tf.reshape(activation, [rows, length, config.width]);
        const patched = tf.add(tf.mul(stream, residualKeep[at]), residualValue[at]);
        return tf.reshape(tap(residuals, patched), [-1, config.width]);
      }
      if (name.endsWith('hook_z')) {
        return tap(headOutputs, tf.add(tf.mul(activation, headKeep[at]), headValue[at]));
      }
      if (name.endsWith('hook_attn_scores')) {
        return tf.add(activation, tf.expandDims(layerBias[at], 1));
      }
      return name.endsWith('hook_pattern') ? tap(patterns, activation) : activation;
    });
    tracing.output('logits', logits);
    tracing.output(RESIDUALS, tf.concat(residuals, 0));
    tracing.output(HEAD_OUTPUTS, tf.concat(headOutputs, 0));
    tracing.output(PATTERNS, tf.concat(patterns, 0));
  });
}
