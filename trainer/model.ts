import * as tf from '@tensorflow/tfjs';
import { RandomStream } from '../task/random.ts';
import { TOKEN_COUNT } from '../task/tokens.ts';
import type { ModelConfig } from '../contract/recipe.ts';
import { gelu, layerNorm } from './ops.ts';

/**
 * The transformer: decoder-only, pre-LN, RoPE, GELU, untied embeddings (paper, "Models and
 * curriculum"). Letters in shape comments: B rows, T tokens, N answers, V token ids, D width,
 * H heads, K = D / H, F width of patch features, M = B * T.
 */

export interface ParameterSpec {
  readonly name: string;
  readonly shape: readonly number[];
  /** Whether weight decay applies: to matrices, not to gains, biases and embeddings. */
  readonly decays: boolean;
  readonly initial:
    | { readonly kind: 'constant'; readonly value: number }
    | { readonly kind: 'normal'; readonly std: number }
    | { readonly kind: 'sinusoid'; readonly std: number };
}

/** Every parameter in storage order: together they are the flat vector theta. */
export function parameterSpecs(config: ModelConfig): ParameterSpec[] {
  const { layers, width, patchFeatures, absolutePositions, embeddingStd } = config;
  const specs: ParameterSpec[] = [];
  const matrix = (name: string, from: number, to: number, gain = 1) => {
    // Xavier: the variance of a signal survives on the way in and on the way back.
    const std = gain * Math.sqrt(2 / (from + to));
    specs.push({ name, shape: [from, to], decays: true, initial: { kind: 'normal', std } });
  };
  const vector = (name: string, size: number, value = 0) =>
    specs.push({ name, shape: [size], decays: false, initial: { kind: 'constant', value } });
  const table = (name: string, rows: number, kind: 'normal' | 'sinusoid') => {
    const initial = { kind, std: embeddingStd };
    specs.push({ name, shape: [rows, width], decays: false, initial });
  };

  table('embedding.tokens', TOKEN_COUNT, 'normal');
  if (absolutePositions > 0) table('embedding.positions', absolutePositions, 'sinusoid');
  // No bias: the PATCH token's embedding is one already.
  if (patchFeatures > 0) matrix('embedding.patches', patchFeatures, width);
  // Each layer adds twice to the residual stream; scaled so that depth does not inflate it.
  const residualGain = 1 / Math.sqrt(2 * layers);
  for (let layer = 0; layer < layers; layer++) {
    const block = `blocks.${layer}`;
    vector(`${block}.ln1.gain`, width, 1);
    vector(`${block}.ln1.bias`, width);
    matrix(`${block}.attention.qkv.weight`, width, 3 * width);
    vector(`${block}.attention.qkv.bias`, 3 * width);
    matrix(`${block}.attention.out.weight`, width, width, residualGain);
    vector(`${block}.attention.out.bias`, width);
    vector(`${block}.ln2.gain`, width, 1);
    vector(`${block}.ln2.bias`, width);
    matrix(`${block}.mlp.up.weight`, width, 4 * width);
    vector(`${block}.mlp.up.bias`, 4 * width);
    matrix(`${block}.mlp.down.weight`, 4 * width, width, residualGain);
    vector(`${block}.mlp.down.bias`, width);
  }
  vector('final.ln.gain', width, 1);
  vector('final.ln.bias', width);
  matrix('unembedding', width, TOKEN_COUNT);
  return specs;
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Number of parameters, the length of theta. */
export function parameterCount(config: ModelConfig): number {
  return parameterSpecs(config).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

/** A fresh theta. Each parameter has a random stream of its own, named by the seed and its place. */
export function initialParameters(config: ModelConfig, seed: number): Float32Array {
  const theta = new Float32Array(parameterCount(config));
  let offset = 0;
  parameterSpecs(config).forEach(({ shape, initial }, place) => {
    const values = theta.subarray(offset, (offset += sizeOf(shape)));
    if (initial.kind === 'constant') {
      values.fill(initial.value);
    } else if (initial.kind === 'normal') {
      const stream = new RandomStream([0x1417, seed, place, 1]);
      for (let i = 0; i < values.length; i++) values[i] = initial.std * stream.normal();
    } else {
      writeSinusoids(values, shape[1], initial.std);
    }
  });
  return theta;
}

/** Sinusoidal position codes (Vaswani et al. 2017, 3.5), scaled to the embeddings' deviation. */
function writeSinusoids(values: Float32Array, width: number, std: number): void {
  for (let i = 0; i < values.length; i++) {
    const position = Math.floor(i / width);
    const column = i % width;
    const angle = position / 10000 ** ((2 * Math.floor(column / 2)) / width);
    values[i] = std * Math.SQRT2 * (column % 2 === 0 ? Math.sin(angle) : Math.cos(angle));
  }
}

export type Parameters = Readonly<Record<string, tf.Tensor>>;

/** The inputs of the forward pass; see `task/batch.ts` for their meaning. */
export interface ModelInputs {
  /** [B, T] int32 */
  readonly tokens: tf.Tensor2D;
  /** [B, T] int32 */
  readonly positions: tf.Tensor2D;
  /** [B, T, T] */
  readonly attentionBias: tf.Tensor3D;
  /** [N] int32, indices into the B * T tokens */
  readonly answerIndex: tf.Tensor1D;
  /** [B, T, F], zero where no patch stands */
  readonly patchFeatures?: tf.Tensor3D;
}

/**
 * Sees, and may replace, an activation on its way. Names follow TransformerLens:
 * `blocks.3.hook_resid_pre` [M, D], `blocks.3.attn.hook_attn_scores` [B, H, T, T] (bias included),
 * `blocks.3.attn.hook_pattern` [B, H, T, T], `blocks.3.attn.hook_z` [B, H, T, K],
 * `hook_resid_final` [M, D].
 */
export type Hook = (name: string, activation: tf.Tensor) => tf.Tensor;

/**
 * Next-token logits where answers are read.
 *
 * @returns [N, V]
 */
export function forward(
  config: ModelConfig,
  parameters: Parameters,
  inputs: ModelInputs,
  hook: Hook = (_, activation) => activation,
): tf.Tensor2D {
  const { layers, width, heads } = config;
  const [rows, length] = inputs.tokens.shape;
  const linear = (x: tf.Tensor2D, name: string) =>
    tf.add<tf.Tensor2D>(tf.matMul(x, parameters[`${name}.weight`]), parameters[`${name}.bias`]);
  const norm = (x: tf.Tensor2D, name: string) =>
    layerNorm(x, parameters[`${name}.gain`], parameters[`${name}.bias`]);

  let stream = embed(config, parameters, inputs); // [M, D]
  const rotate = rotary(config, inputs.positions);
  const bias = tf.expandDims(inputs.attentionBias, 1); // [B, 1, T, T]

  for (let layer = 0; layer < layers; layer++) {
    const block = `blocks.${layer}`;
    stream = hook(`${block}.hook_resid_pre`, stream) as tf.Tensor2D;

    const qkv = linear(norm(stream, `${block}.ln1`), `${block}.attention.qkv`); // [M, 3D]
    const [queriesKeys, values] = tf.split(qkv, [2 * width, width], 1);
    const split = (x: tf.Tensor, parts: number): tf.Tensor4D =>
      tf.reshape(x, [rows, length, parts * heads, width / heads]); // [B, T, parts * H, K]
    const rotated = tf.transpose(rotate(split(queriesKeys, 2)), [0, 2, 1, 3]); // [B, 2H, T, K]
    const [q, k] = tf.split(rotated, 2, 1); // [B, H, T, K] each
    const v = tf.transpose(split(values, 1), [0, 2, 1, 3]); // [B, H, T, K]
    const products = tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(width / heads));
    const scores = hook(`${block}.attn.hook_attn_scores`, tf.add(products, bias));
    const pattern = hook(`${block}.attn.hook_pattern`, tf.softmax(scores));
    const z = hook(`${block}.attn.hook_z`, tf.matMul(pattern, v)); // [B, H, T, K]
    const merged = tf.reshape<tf.Rank.R2>(tf.transpose(z, [0, 2, 1, 3]), [-1, width]);
    stream = tf.add(stream, linear(merged, `${block}.attention.out`));

    const hidden = gelu(linear(norm(stream, `${block}.ln2`), `${block}.mlp.up`)) as tf.Tensor2D;
    stream = tf.add(stream, linear(hidden, `${block}.mlp.down`));
  }
  stream = hook('hook_resid_final', stream) as tf.Tensor2D;
  const read = tf.gather(stream, inputs.answerIndex); // [N, D]
  return tf.matMul(norm(read, 'final.ln'), parameters['unembedding']);
}

/** Token embeddings, plus absolute positions and projected patch features where there are any: [M, D]. */
function embed(config: ModelConfig, parameters: Parameters, inputs: ModelInputs): tf.Tensor2D {
  const flat = (x: tf.Tensor) => tf.reshape(x, [-1]);
  let embedded = tf.gather(parameters['embedding.tokens'], flat(inputs.tokens));
  if (config.absolutePositions > 0) {
    embedded = tf.add(
      embedded,
      tf.gather(parameters['embedding.positions'], flat(inputs.positions)),
    );
  }
  if (inputs.patchFeatures) {
    const features = tf.reshape<tf.Rank.R2>(inputs.patchFeatures, [-1, config.patchFeatures]);
    const projection = parameters['embedding.patches'] as tf.Tensor2D;
    embedded = tf.add(embedded, tf.matMul(features, projection));
  }
  return embedded as tf.Tensor2D;
}

/**
 * Rotary position embedding (Su et al. 2021): rotates the pairs (i, i + K/2) of a head's vector by
 * angles proportional to the position id.
 *
 * @returns a function on [B, T, heads, K]
 */
function rotary(config: ModelConfig, positions: tf.Tensor2D): (x: tf.Tensor4D) => tf.Tensor4D {
  const half = config.width / config.heads / 2;
  const frequencies = Array.from({ length: half }, (_, pair) => config.ropeBase ** (-pair / half));
  const angles = tf.mul(tf.expandDims(tf.expandDims(positions.toFloat(), 2), 3), frequencies);
  const cosines = tf.cos(angles); // [B, T, 1, K/2]
  const sines = tf.sin(angles);
  return (x) => {
    const [first, second] = tf.split(x, 2, 3);
    return tf.concat(
      [
        tf.sub(tf.mul(first, cosines), tf.mul(second, sines)),
        tf.add(tf.mul(first, sines), tf.mul(second, cosines)),
      ],
      3,
    );
  };
}
