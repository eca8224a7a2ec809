import { Float16Array } from '@petamoriken/float16';
import { readOnnx } from '../../onnx/codec.ts';
import { DATA_TYPE } from '../../onnx/model.ts';

/** The parameters of a model file, by name. */
export function readWeights(model: Uint8Array): Map<string, Float32Array> {
  const { initializers } = readOnnx(model).graph;
  const weights = new Map<string, Float32Array>();
  for (const { name, dataType, rawData } of initializers) {
    if (!rawData) continue;
    const { buffer } = rawData.slice();
    if (dataType === DATA_TYPE.float32) weights.set(name, new Float32Array(buffer));
    if (dataType === DATA_TYPE.float16) {
      weights.set(name, Float32Array.from(new Float16Array(buffer)));
    }
  }
  return weights;
}
