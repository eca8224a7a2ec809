import { Float16Array } from '@petamoriken/float16';
import type { WeightType } from '../contract/card.ts';
import type { ModelConfig } from '../contract/recipe.ts';
import { sha256 } from '../node/files.ts';
import { inferenceGraph } from './graphs.ts';
import { parameterSpecs } from './model/index.ts';
import { parameterViews } from './model/surgery.ts';
import { encodeModel, encodeWeights } from './tracer/onnx.ts';

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
  const views = parameterViews(trained, theta);
  const tensors = parameterSpecs(exported).map(({ name, shape }) => {
    const values = views.get(name);
    if (!values) throw new RangeError(`the trained model has no parameter ${name}`);
    const stored = type === 'float32' ? values.slice() : new Float16Array(values);
    return { name, shape, type, bytes: new Uint8Array(stored.buffer) };
  });
  return encodeWeights(tensors);
}

/** The inference graph followed by its weights; the parameters are those of `weightsOf`. */
export function inferenceModel(
  trained: ModelConfig,
  exported: ModelConfig,
  theta: Float32Array,
  type: WeightType = 'float32',
): Uint8Array {
  const graph = encodeModel(inferenceGraph(exported, type));
  const weights = weightsOf(trained, exported, theta, type);
  return new Uint8Array(Buffer.concat([graph, weights]));
}
