import { Float16Array } from '@petamoriken/float16';
import type { WeightType } from '../contract/card.ts';
import type { ModelConfig } from '../contract/recipe.ts';
import { sha256 } from '../node/files.ts';
import { inferenceGraph } from './graphs.ts';
import { parameterSpecs } from './model/index.ts';
import { parameterViews } from './model/surgery.ts';
import { encodeModel } from './tracer/onnx.ts';

/** What a card says of a file. */
export const describeFile = <N extends string>(name: N, bytes: Uint8Array) => ({
  name,
  bytes: bytes.length,
  sha256: sha256(bytes),
});

/**
 * A model as an ONNX file.
 *
 * @param trained the config of `theta`
 * @param exported the same, or without the visual input
 * @param type how weights are stored; computed in float32 in any case
 */
export function inferenceModel(
  trained: ModelConfig,
  exported: ModelConfig,
  theta: Float32Array,
  type: WeightType = 'float32',
): Uint8Array<ArrayBuffer> {
  const views = parameterViews(trained, theta);
  const weights = parameterSpecs(exported).map(({ name, shape }) => {
    const values = views.get(name);
    if (!values) throw new RangeError(`the trained model has no parameter ${name}`);
    const stored = type === 'float32' ? values.slice() : new Float16Array(values);
    return { name, shape, type, bytes: new Uint8Array(stored.buffer) };
  });
  return encodeModel(inferenceGraph(exported, type), weights);
}
