import * as tf from '@tensorflow/tfjs';
import { modelConfigSchema, type ModelConfig } from '../../contract/recipe.ts';
import { gelu, layerNormLinear, linear, splitInto } from '../ops.ts';
import type {
  Hook,
  HookSites,
  ModelArchitecture,
  ModelInputs,
  Parameters,
} from './architecture.ts';
import {
  parametersUnder,
  PATCH_PROJECTION,
  POSITION_EMBEDDINGS,
  TOKEN_EMBEDDINGS,
  transformerParameters,
} from './parameters.ts';

/**
 * A decoder-only transformer, pre-LN, with rotary positions, GELU and untied embeddings (paper,
 * "Models and curriculum"). It is GPT-NeoX without parallel residuals: the same weights give the same
 * logits there (test/golden). `architecture.ts` explains the letters in shape comments.
 */
export const transformer: ModelArchitecture = {
  name: 'transformer',
  configSchema: modelConfigSchema,
  parameters: transformerParameters,
  tokenEmbeddings: `${TOKEN_EMBEDDINGS}.weight`,
  patchProjection: `${PATCH_PROJECTION}.weight`,
  forward,
  hookSites,
};

/** Logits at the places that `inputs.answerIndex` lists: [N, V] */
function forward(
  config: ModelConfig,
  parameters: Parameters,
  inputs: ModelInputs,
  hook: Hook = (_, activation) => activation,
): tf.Tensor2D {
  const rotate = rotary(config, inputs.positions);
  const bias = tf.expandDims(inputs.attentionBias, 1); // [B, 1, T, T]

  let x = embed(config, parameters, inputs); // [B, T, D]
  for (let layer = 0; layer < config.layers; layer++) {
    x = block({ config, parameters, rotate, bias, hook }, `blocks.${layer}`, x);
  }
  const tokens = tf.reshape<tf.Rank.R2>(x, [-1, config.width]); // [B * T, D]
  const answers: tf.Tensor2D = tf.gather(tokens, inputs.answerIndex); // [N, D]
  const { norm, matrix } = parametersUnder(parameters);
  return layerNormLinear(answers, norm('ln_final'), { weight: matrix('unembed') }); // [N, V]
}

/** What all blocks share. */
interface BlockContext {
  readonly config: ModelConfig;
  readonly parameters: Parameters;
  readonly rotate: Rotation;
  /** [B, 1, T, T] */
  readonly bias: tf.Tensor;
  readonly hook: Hook;
}

/**
 * [B, T, D] -> [B, T, D]
 *
 * @param name the block's prefix in names of parameters and hooks
 */
function block(context: BlockContext, name: string, x: tf.Tensor3D): tf.Tensor3D {
  x = context.hook(`${name}.hook_resid_pre`, x);
  x = tf.add(x, attention(context, name, x));
  x = tf.add(x, mlp(context, name, x));
  return context.hook(`${name}.hook_resid_post`, x);
}

/** Layer norm and multi-head self-attention: [B, T, D] -> [B, T, D] */
function attention(context: BlockContext, name: string, x: tf.Tensor3D): tf.Tensor3D {
  const { config, parameters, rotate, bias, hook } = context;
  const { norm, linearMap } = parametersUnder(parameters, name);
  const { heads, width } = config;
  const [rows, length] = x.shape;
  const headWidth = width / heads;

  const qkv = layerNormLinear(x, norm('ln1'), linearMap('attn.qkv')); // [B, T, 3D]
  const byHead = tf.reshape(qkv, [rows, length, 3 * heads, headWidth]); // [B, T, 3H, K]
  const headsFirst = tf.transpose(byHead, [0, 2, 1, 3]); // [B, 3H, T, K]
  const [qk, v] = splitInto(headsFirst, [2 * heads, heads], 1); // [B, 2H, T, K], [B, H, T, K]
  const [q, k] = splitInto(rotate(qk), [heads, heads], 1); // [B, H, T, K] each

  const products = tf.matMul(q, k, false, true); // [B, H, T, T]
  const scaled = tf.mul(products, 1 / Math.sqrt(headWidth));
  const scores = hook(`${name}.attn.hook_attn_scores`, tf.add(scaled, bias));
  const pattern = hook(`${name}.attn.hook_pattern`, tf.softmax(scores)); // [B, H, T, T]
  const z = hook(`${name}.attn.hook_z`, tf.matMul(pattern, v)); // [B, H, T, K]

  const tokensFirst = tf.transpose(z, [0, 2, 1, 3]); // [B, T, H, K]
  const merged = tf.reshape<tf.Rank.R3>(tokensFirst, [rows, length, width]); // [B, T, D]
  return linear(merged, linearMap('attn.out'));
}

/** Layer norm and a two-layer perceptron: [B, T, D] -> [B, T, D] */
function mlp({ parameters }: BlockContext, name: string, x: tf.Tensor3D): tf.Tensor3D {
  const { norm, linearMap } = parametersUnder(parameters, name);
  const hidden = gelu(layerNormLinear(x, norm('ln2'), linearMap('mlp.up'))); // [B, T, 4D]
  return linear(hidden, linearMap('mlp.down')); // [B, T, D]
}

/** Token embeddings, plus learned positions and projected patch features where there are any: [B, T, D] */
function embed(config: ModelConfig, parameters: Parameters, inputs: ModelInputs): tf.Tensor3D {
  const { matrix } = parametersUnder(parameters);
  let x: tf.Tensor = tf.gather(matrix(TOKEN_EMBEDDINGS), inputs.tokens); // [B, T, D]
  if (config.absolutePositions > 0) {
    x = tf.add(x, tf.gather(matrix(POSITION_EMBEDDINGS), inputs.positions));
  }
  if (inputs.patchFeatures) {
    x = tf.add(x, linear(inputs.patchFeatures, { weight: matrix(PATCH_PROJECTION) }));
  }
  return x as tf.Tensor3D;
}

/** On queries and keys: [B, heads, T, K] -> [B, heads, T, K] */
type Rotation = (x: tf.Tensor) => tf.Tensor;

/**
 * Rotary position embedding (Su et al. 2021): rotates the pairs (i, i + K/2) of a head's vector by
 * angles proportional to the position id.
 */
function rotary({ width, heads, ropeBase }: ModelConfig, positions: tf.Tensor2D): Rotation {
  if (ropeBase === 0) return (x) => x;
  const half = width / heads / 2;
  const [rows, length] = positions.shape;
  const frequencies = Array.from({ length: half }, (_, pair) => ropeBase ** (-pair / half));
  const column = tf.reshape(positions.toFloat(), [rows, 1, length, 1]);
  const angles = tf.mul(column, tf.tensor1d(frequencies)); // [B, 1, T, K/2]
  const [cosines, sines] = [tf.cos(angles), tf.sin(angles)];
  return (x) => {
    const [first, second] = splitInto(x, [half, half], 3); // [B, heads, T, K/2] each
    const rotatedFirst = tf.sub(tf.mul(first, cosines), tf.mul(second, sines));
    const rotatedSecond = tf.add(tf.mul(first, sines), tf.mul(second, cosines));
    return tf.concat([rotatedFirst, rotatedSecond], 3);
  };
}

function hookSites({ layers }: ModelConfig): HookSites {
  const blocks = Array.from({ length: layers }, (_, layer) => `blocks.${layer}`);
  return {
    residuals: [
      ...blocks.map((block) => `${block}.hook_resid_pre`),
      `blocks.${layers - 1}.hook_resid_post`,
    ],
    attentionScores: blocks.map((block) => `${block}.attn.hook_attn_scores`),
    attentionPatterns: blocks.map((block) => `${block}.attn.hook_pattern`),
    headOutputs: blocks.map((block) => `${block}.attn.hook_z`),
  };
}
