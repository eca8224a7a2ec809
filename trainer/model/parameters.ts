import type * as tf from '@tensorflow/tfjs';
import type { ModelConfig } from '../../contract/recipe.ts';
import { RandomStream } from '../../task/random.ts';
import type { LinearParameters, NormParameters } from '../ops.ts';
import type { Parameters, ParameterSpec } from './architecture.ts';

/** [V, D] */
export const TOKEN_EMBEDDINGS = 'embed';

/** [positions, D] */
export const POSITION_EMBEDDINGS = 'pos_embed';

/** [F, D]: the learned projection of the frozen encoder's features. */
export const PATCH_PROJECTION = 'patch_embed';

/**
 * Every parameter of the transformer in storage order.
 *
 * Modules have TransformerLens's names. Storage order is part of the checkpoint format: do not change it.
 */
export function transformerParameters(
  { layers, width, patchFeatures, absolutePositions, embeddingStd }: ModelConfig,
  vocabularySize: number,
): ParameterSpec[] {
  // Each layer adds twice to the residual stream; scaled so that depth does not increase its size.
  const residualGain = 1 / Math.sqrt(2 * layers);
  const blocks = Array.from({ length: layers }, (_, layer) => [
    ...layerNorm(`blocks.${layer}.ln1`, width),
    ...linearMap(`blocks.${layer}.attn.qkv`, width, 3 * width),
    ...linearMap(`blocks.${layer}.attn.out`, width, width, residualGain),
    ...layerNorm(`blocks.${layer}.ln2`, width),
    ...linearMap(`blocks.${layer}.mlp.up`, width, 4 * width),
    ...linearMap(`blocks.${layer}.mlp.down`, 4 * width, width, residualGain),
  ]);
  return [
    embedding(TOKEN_EMBEDDINGS, [vocabularySize, width], { kind: 'normal', std: embeddingStd }),
    ...(absolutePositions > 0
      ? [
          embedding(POSITION_EMBEDDINGS, [absolutePositions, width], {
            kind: 'sinusoid',
            std: embeddingStd,
          }),
        ]
      : []),
    // No bias: the embedding of the patch token is one already.
    ...(patchFeatures > 0 ? [matrix(PATCH_PROJECTION, patchFeatures, width)] : []),
    ...blocks.flat(),
    ...layerNorm('ln_final', width),
    matrix('unembed', width, vocabularySize),
  ];
}

const embedding = (
  name: string,
  shape: readonly [number, number],
  initial: ParameterSpec['initial'],
): ParameterSpec => ({ name: `${name}.weight`, shape, decays: false, initial });

/** Xavier: the variance of a signal stays about the same, forward and backward. */
function matrix(name: string, from: number, to: number, gain = 1): ParameterSpec {
  const std = gain * Math.sqrt(2 / (from + to));
  return {
    name: `${name}.weight`,
    shape: [from, to],
    decays: true,
    initial: { kind: 'normal', std },
  };
}

const constant = (name: string, size: number, value: number): ParameterSpec => ({
  name,
  shape: [size],
  decays: false,
  initial: { kind: 'constant', value },
});

const linearMap = (name: string, from: number, to: number, gain = 1): ParameterSpec[] => [
  matrix(name, from, to, gain),
  constant(`${name}.bias`, to, 0),
];

const layerNorm = (name: string, width: number): ParameterSpec[] => [
  constant(`${name}.weight`, width, 1),
  constant(`${name}.bias`, width, 0),
];

/**
 * Looks parameters up by the name of their module.
 *
 * @param prefix the module that the others are part of
 * @throws RangeError when the model has no such parameter
 */
export function parametersUnder(parameters: Parameters, prefix?: string) {
  const find = <R extends tf.Rank>(name: string): tf.Tensor<R> => {
    const path = prefix === undefined ? name : `${prefix}.${name}`;
    const found = parameters[path];
    if (!found) throw new RangeError(`the model has no parameter ${path}`);
    return found as tf.Tensor<R>;
  };
  return {
    matrix: (name: string) => find<tf.Rank.R2>(`${name}.weight`),
    norm: (name: string): NormParameters => ({
      weight: find(`${name}.weight`),
      bias: find(`${name}.bias`),
    }),
    linearMap: (name: string): LinearParameters => ({
      weight: find(`${name}.weight`),
      bias: find(`${name}.bias`),
    }),
  };
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/**
 * Start values of one parameter.
 *
 * @param index names its random stream, with the seed
 */
export function initialValues(
  { shape, initial }: ParameterSpec,
  seed: number,
  index: number,
): Float32Array {
  const values = new Float32Array(sizeOf(shape));
  if (initial.kind === 'constant') {
    values.fill(initial.value);
  } else if (initial.kind === 'normal') {
    const stream = new RandomStream([0x1417, seed, index, 1]);
    for (let i = 0; i < values.length; i++) values[i] = initial.std * stream.normal();
  } else {
    writeSinusoids(values, shape.at(-1) ?? 1, initial.std);
  }
  return values;
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
