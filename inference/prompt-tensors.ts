import type { Tensor } from 'onnxruntime-common';
import type { SignatureInput } from '../onnx/signature-inputs.ts';
import type { Runtime } from './runtime.ts';

/** A tensor of the type that an input has. */
export function integers(
  TensorClass: Runtime['Tensor'],
  type: SignatureInput['type'],
  values: readonly number[],
  dims: readonly number[],
): Tensor {
  switch (type) {
    case 'int64':
      return new TensorClass('int64', BigInt64Array.from(values, BigInt), dims);
    case 'int32':
      return new TensorClass('int32', Int32Array.from(values), dims);
    case 'bool':
      return new TensorClass('bool', Uint8Array.from(values), dims);
    default:
      return new TensorClass('float32', Float32Array.from(values), dims);
  }
}

/** The data, `rows` times. */
export function tiled<T extends Float32Array | Uint16Array>(data: T, rows: number, into: T): T {
  for (let row = 0; row < rows; row++) into.set(data, row * data.length);
  return into;
}
