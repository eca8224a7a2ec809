import * as tf from '@tensorflow/tfjs';
import { RandomStream } from '../task/random.ts';
import { TOKEN_COUNT } from '../task/tokens.ts';
import type { ModelConfig } from '../contract/recipe.ts';
import { geluCore, linear, normLinear, scaled, type LinearParameters } from './ops.ts';

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

/** [TOKEN_COUNT, width] */
const TOKEN_EMBEDDINGS = 'embedding.tokens';

/** [F, width]: the learned projection behind the frozen encoder. */
const PATCH_PROJECTION = 'embedding.patches';

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

  table(TOKEN_EMBEDDINGS, TOKEN_COUNT, 'normal');
  if (absolutePositions > 0) table('embedding.positions', absolutePositions, 'sinusoid');
  // No bias: the PATCH token's embedding is one already.
  if (patchFeatures > 0) matrix(PATCH_PROJECTION, patchFeatures, width);
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

/** Start values of one parameter; its random stream is named by the seed and its place. */
export function initialValues(
  { shape, initial }: ParameterSpec,
  seed: number,
  place: number,
): Float32Array {
  const values = new Float32Array(sizeOf(shape));
  if (initial.kind === 'constant') {
    values.fill(initial.value);
  } else if (initial.kind === 'normal') {
    const stream = new RandomStream([0x1417, seed, place, 1]);
    for (let i = 0; i < values.length; i++) values[i] = initial.std * stream.normal();
  } else {
    writeSinusoids(values, shape[1], initial.std);
  }
  return values;
}

/**
 * A fresh theta. A parameter's place is the one it has in a model that sees: with or without eyes, the
 * rest starts the same.
 */
export function initialParameters(config: ModelConfig, seed: number): Float32Array {
  const theta = new Float32Array(parameterCount(config));
  const seeing = { ...config, patchFeatures: Math.max(1, config.patchFeatures) };
  const places = new Map(parameterSpecs(seeing).map(({ name }, place) => [name, place]));
  let offset = 0;
  for (const spec of parameterSpecs(config)) {
    theta.set(initialValues(spec, seed, places.get(spec.name) ?? 0), offset);
    offset += sizeOf(spec.shape);
  }
  return theta;
}

/**
 * The theta of a model, for one that differs in the visual input at most.
 *
 * @param from the shape that `theta` has
 * @param keep whether the projection of patch features is taken over, too; else it starts fresh
 * @throws RangeError where more than the visual input differs
 */
export function withVisualInput(
  theta: Float32Array,
  from: ModelConfig,
  to: ModelConfig,
  seed: number,
  keep: boolean,
): Float32Array {
  const { patchFeatures } = to;
  if (JSON.stringify({ ...from, patchFeatures }) !== JSON.stringify(to)) {
    throw new RangeError('the models differ in more than their visual input');
  }
  const known = new Map<string, Float32Array>();
  let offset = 0;
  for (const { name, shape } of parameterSpecs(from)) {
    known.set(name, theta.subarray(offset, (offset += sizeOf(shape))));
  }
  const grown = initialParameters(to, seed);
  offset = 0;
  for (const { name, shape } of parameterSpecs(to)) {
    const values = grown.subarray(offset, (offset += sizeOf(shape)));
    const old = known.get(name);
    if (old && (keep || name !== PATCH_PROJECTION)) values.set(old);
  }
  return grown;
}

/** A view of theta on one parameter. */
function parameterOf(config: ModelConfig, theta: Float32Array, wanted: string): Float32Array {
  let offset = 0;
  for (const { name, shape } of parameterSpecs(config)) {
    if (name === wanted) return theta.subarray(offset, offset + sizeOf(shape));
    offset += sizeOf(shape);
  }
  throw new RangeError(`the model has no ${wanted}`);
}

/** A view of theta: [V, D]. */
export const tokenEmbeddings = (config: ModelConfig, theta: Float32Array): Float32Array =>
  parameterOf(config, theta, TOKEN_EMBEDDINGS);

/** A view of theta: [F, D]. */
export const patchProjection = (config: ModelConfig, theta: Float32Array): Float32Array =>
  parameterOf(config, theta, PATCH_PROJECTION);

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
  const vector = (name: string) => parameters[name] as tf.Tensor1D;
  const map = (name: string): LinearParameters => ({
    weight: parameters[`${name}.weight`] as tf.Tensor2D,
    bias: vector(`${name}.bias`),
  });
  const norm = (name: string) => ({ gain: vector(`${name}.gain`), bias: vector(`${name}.bias`) });

  let stream = embed(config, parameters, inputs); // [M, D]
  const rotate = rotary(config, inputs.positions);
  const bias = tf.expandDims(inputs.attentionBias, 1); // [B, 1, T, T]

  for (let layer = 0; layer < layers; layer++) {
    const block = `blocks.${layer}`;
    stream = hook(`${block}.hook_resid_pre`, stream) as tf.Tensor2D;

    const qkv = normLinear(stream, norm(`${block}.ln1`), map(`${block}.attention.qkv`)); // [M, 3D]
    // Tokens last: what is rotated as one then lies side by side.
    const columns = tf.transpose(tf.reshape(qkv, [rows, length, 3 * width]), [0, 2, 1]);
    const byHead = tf.reshape(columns, [rows, 3 * heads, width / heads, length]); // [B, 3H, K, T]
    const [queriesKeys, v] = tf.split(byHead, [2 * heads, heads], 1);
    const [q, k] = tf.split(rotate(queriesKeys as tf.Tensor4D), 2, 1); // [B, H, K, T] each
    const products = tf.mul(tf.matMul(q, k, true, false), 1 / Math.sqrt(width / heads));
    const scores = hook(`${block}.attn.hook_attn_scores`, tf.add(products, bias));
    const pattern = hook(`${block}.attn.hook_pattern`, tf.softmax(scores));
    const z = hook(`${block}.attn.hook_z`, tf.matMul(pattern, v, false, true)); // [B, H, T, K]
    const merged = tf.reshape<tf.Rank.R2>(tf.transpose(z, [0, 2, 1, 3]), [-1, width]);
    stream = tf.add(stream, linear(merged, map(`${block}.attention.out`)));

    const up = scaled(map(`${block}.mlp.up`), Math.SQRT1_2);
    const hidden = geluCore(normLinear(stream, norm(`${block}.ln2`), up)) as tf.Tensor2D; // [M, 4D]
    const { weight, bias: shift } = map(`${block}.mlp.down`);
    const down = { ...scaled({ weight }, Math.SQRT1_2), bias: shift };
    stream = tf.add(stream, linear(hidden, down));
  }
  stream = hook('hook_resid_final', stream) as tf.Tensor2D;
  const read = tf.gather(stream, inputs.answerIndex); // [N, D]
  return normLinear(read, norm('final.ln'), { weight: parameters['unembedding'] as tf.Tensor2D });
}

/** Token embeddings, plus absolute positions and projected patch features where there are any: [M, D]. */
function embed(config: ModelConfig, parameters: Parameters, inputs: ModelInputs): tf.Tensor2D {
  const flat = (x: tf.Tensor) => tf.reshape(x, [-1]);
  let embedded = tf.gather(parameters[TOKEN_EMBEDDINGS], flat(inputs.tokens));
  if (config.absolutePositions > 0) {
    embedded = tf.add(
      embedded,
      tf.gather(parameters['embedding.positions'], flat(inputs.positions)),
    );
  }
  if (inputs.patchFeatures) {
    const features = tf.reshape<tf.Rank.R2>(inputs.patchFeatures, [-1, config.patchFeatures]);
    const projection = parameters[PATCH_PROJECTION] as tf.Tensor2D;
    embedded = tf.add(embedded, tf.matMul(features, projection));
  }
  return embedded as tf.Tensor2D;
}

/**
 * Rotary position embedding (Su et al. 2021): rotates the pairs (i, i + K/2) of a head's vector by
 * angles proportional to the position id.
 *
 * @returns a function on [B, heads, K, T]
 */
function rotary(config: ModelConfig, positions: tf.Tensor2D): (x: tf.Tensor4D) => tf.Tensor4D {
  const half = config.width / config.heads / 2;
  const frequencies = Array.from({ length: half }, (_, pair) => config.ropeBase ** (-pair / half));
  const column = tf.tensor2d(frequencies, [half, 1]);
  const angles = tf.mul(tf.expandDims(tf.expandDims(positions.toFloat(), 1), 1), column);
  const cosines = tf.cos(angles); // [B, 1, K/2, T]
  const sines = tf.sin(angles);
  return (x) => {
    const [first, second] = tf.split(x, 2, 2);
    return tf.concat(
      [
        tf.sub(tf.mul(first, cosines), tf.mul(second, sines)),
        tf.add(tf.mul(first, sines), tf.mul(second, cosines)),
      ],
      2,
    );
  };
}
