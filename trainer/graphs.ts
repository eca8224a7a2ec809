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
  hookSites,
  parameterCount,
  parameterSpecs,
  type Hook,
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

/** batch -> logits, with the weights as named initialisers that the file brings along. */
export function inferenceGraph(config: ModelConfig, type: WeightType): OnnxGraph {
  return trace('inference', (tracing) => {
    const inputs = modelInputs(config, declare(tracing));
    tracing.output('logits', forward(config, declareWeights(config, type, tracing), inputs));
  });
}

/** @param names what the weights are called in the file; by default as the parameters are */
function declareWeights(
  config: ModelConfig,
  type: WeightType,
  tracing: Tracing,
  names?: readonly string[],
): Parameters {
  const specs = parameterSpecs(config);
  if (names && names.length !== specs.length) {
    throw new RangeError(`the file has ${names.length} weights, the model ${specs.length}`);
  }
  return Object.fromEntries(
    specs.map(({ name, shape }, index) => [
      name,
      tracing.weight(names?.[index] ?? name, shape, type),
    ]),
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
 *
 * @param names what the file calls its weights, for one that was exported under other names
 */
export function probeGraph(
  config: ModelConfig,
  type: WeightType = 'float32',
  names?: readonly string[],
): OnnxGraph {
  return trace('probe', (tracing) => {
    const inputs = modelInputs(config, declare(tracing));
    const parameters = declareWeights(config, type, tracing, names);
    const hooks = new Map<string, (activation: tf.Tensor) => tf.Tensor>();
    const taps = { residuals: new Tap(), headOutputs: new Tap(), patterns: new Tap() };
    const shapes = probeInputShapes(config);
    /** An extra input, cut into one tensor for each site. */
    const perSite = (name: keyof typeof shapes): tf.Tensor[] => {
      const [count] = shapes[name];
      const parts = tf.split(tracing.input(name, 'float32', shapes[name]), count, 0);
      return parts.map((part) => tf.reshape(part, part.shape.slice(1)));
    };
    /** At each site: value + keep * activation */
    const patch = (sites: readonly string[], keep: tf.Tensor[], value: tf.Tensor[], tap: Tap) => {
      for (const [index, site] of sites.entries()) {
        const [k, v] = [keep[index], value[index]];
        if (!k || !v) throw new RangeError(`${site} has no input to patch it`);
        hooks.set(site, (activation) => tap.record(tf.add(tf.mul(activation, k), v)));
      }
    };

    const sites = hookSites(config);
    patch(sites.residuals, perSite(RESIDUAL_KEEP), perSite(RESIDUAL_VALUE), taps.residuals);
    patch(sites.headOutputs, perSite(HEAD_KEEP), perSite(HEAD_VALUE), taps.headOutputs);
    const layerBias = perSite(LAYER_BIAS); // [B, T, T] each
    for (const [index, bias] of layerBias.entries()) {
      const add = (scores: tf.Tensor) => tf.add(scores, tf.expandDims(bias, 1));
      hooks.set(sites.attentionScores[index] ?? '', add);
    }
    for (const site of sites.attentionPatterns) {
      hooks.set(site, (activation) => taps.patterns.record(activation));
    }

    const hook: Hook = (name, activation) => hooks.get(name)?.(activation) ?? activation;
    tracing.output('logits', forward(config, parameters, inputs, hook));
    tracing.output(RESIDUALS, taps.residuals.stacked());
    tracing.output(HEAD_OUTPUTS, taps.headOutputs.stacked());
    tracing.output(PATTERNS, taps.patterns.stacked());
  });
}

/** Collects an activation of each layer. */
class Tap {
  readonly #activations: tf.Tensor[] = [];

  record(activation: tf.Tensor): tf.Tensor {
    this.#activations.push(tf.expandDims(activation, 0));
    return activation;
  }

  /** [layers, ...the activation's shape] */
  stacked(): tf.Tensor {
    return tf.concat(this.#activations, 0);
  }
}
