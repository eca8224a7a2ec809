import { Float16Array } from '@petamoriken/float16';
import type { WeightType } from '../contract/card.ts';
import type { ModelConfig } from '../contract/recipe.ts';
import { sha256 } from '../node/files.ts';
import { inferenceGraph, probeGraph } from './graphs.ts';
import { parameterSpecs, sizeOf } from './model.ts';
import { encodeModel, encodeWeights } from './tracer/onnx.ts';

/** The graph that probes run, alone: its weights are the tail of the model file. */
export const probeFile = (exported: ModelConfig, type: WeightType = 'float32'): Uint8Array =>
  encodeModel(probeGraph(exported, type));

/** What a card says of a file. */
export const describeFile = <N extends string>(name: N, bytes: Uint8Array) => ({
  name,
  bytes: bytes.length,
  sha256: sha256(bytes),
});

/**
 * Parameters as the tail of a model file, which any graph of the model can be followed by.
 *
 * @param trained the shape that theta has
 * @param exported the same, or without the visual input
 */
export function weightsOf(
  trained: ModelConfig,
  exported: ModelConfig,
  theta: Float32Array,
  type: WeightType = 'float32',
): Uint8Array {
  const wanted = new Set(parameterSpecs(exported).map(({ name }) => name));
  let offset = 0;
  const tensors = parameterSpecs(trained).map(({ name, shape }) => {
    const values = theta.slice(offset, (offset += sizeOf(shape)));
    const stored = type === 'float32' ? values : new Float16Array(values);
    return { name, shape, type, bytes: new Uint8Array(stored.buffer) };
  });
  return encodeWeights(tensors.filter(({ name }) => wanted.has(name)));
}

/** The inference graph followed by its weights; the parameters are those of `weightsOf`. */
export function inferenceModel(
  trained: ModelConfig,
  exported: ModelConfig,
  theta: Float32Array,
  type: WeightType = 'float32',
) {
  const graph = encodeModel(inferenceGraph(exported, type));
  const weights = weightsOf(trained, exported, theta, type);
  return { model: new Uint8Array(Buffer.concat([graph, weights])), weightsOffset: graph.length };
}
