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

/** Zeros of the type that an input of floats has. */
export const zeros = (
  TensorClass: Runtime['Tensor'],
  type: SignatureInput['type'],
  dims: readonly number[],
): Tensor => {
  const size = dims.reduce((product, dim) => product * dim, 1);
  return type === 'float16'
    ? new TensorClass('float16', new Uint16Array(size), dims)
    : new TensorClass('float32', new Float32Array(size), dims);
};

/**
 * Puts features of a picture into every row of a tensor [rows, tokens, D].
 *
 * @param features [n, D]
 * @param first the token of the first feature; tokens outside the tensor are left out
 * @throws TypeError for a tensor of half floats
 */
export function placePicture({ data, dims }: Tensor, features: Float32Array, first: number): void {
  if (!(data instanceof Float32Array)) {
    throw new TypeError('pictures need embeddings of float32');
  }
  const [rows = 0, tokens = 0, width = 0] = dims;
  features.forEach((value, at) => {
    const token = first + Math.floor(at / width);
    if (token < 0 || token >= tokens) return;
    for (let row = 0; row < rows; row++) {
      data[(row * tokens + token) * width + (at % width)] = value;
    }
  });
}
