import { Float16Array } from '@petamoriken/float16';
import { readOnnx } from '../../onnx/codec.ts';
import { DATA_TYPE } from '../../onnx/model.ts';

/** Reads the weights at the end of a model file, in storage order, by the names that the file gives them. */
export function readWeights(model: Uint8Array, weightsOffset: number): Map<string, Float32Array> {
  const { initializers } = readOnnx(model.subarray(weightsOffset)).graph;
  return new Map(
    initializers.map(({ name, dataType, rawData = new Uint8Array() }) => {
      const { buffer } = Uint8Array.from(rawData);
      const isHalf = dataType === DATA_TYPE.float16;
      const values = isHalf
        ? Float32Array.from(new Float16Array(buffer))
        : new Float32Array(buffer);
      return [name, values];
    }),
  );
}
