import type { FloatConstant } from './constants.ts';
import type { Linear } from './transformer.ts';

/** Changes of weights that change how a graph may be written, and not what it computes. */

/** Subtracts from each row its mean: what it then adds to the residual stream has a mean of 0. */
export function centredRows({ dims, values }: FloatConstant): FloatConstant {
  const width = dims.at(-1) ?? 1;
  const centred = new Float32Array(values.length);
  for (let start = 0; start < values.length; start += width) {
    let sum = 0;
    for (let at = start; at < start + width; at++) sum += values[at] ?? 0;
    const mean = sum / width;
    for (let at = start; at < start + width; at++) centred[at] = (values[at] ?? 0) - mean;
  }
  return { dims, values: centred };
}

export function centredLinear({ weight, bias }: Linear): Linear {
  const { values } = centredRows({ dims: [bias.length], values: bias });
  return { weight: centredRows(weight), bias: values };
}

export function scaledLinear({ weight, bias }: Linear, ofWeight: number, ofBias: number): Linear {
  return {
    weight: { dims: weight.dims, values: weight.values.map((value) => value * ofWeight) },
    bias: bias.map((value) => value * ofBias),
  };
}

/** The part of a linear map that gives the outputs from `from` to before `to`. */
export function linearOutputs({ weight, bias }: Linear, from: number, to: number): Linear {
  const [rows = 0, columns = 0] = weight.dims;
  const values = new Float32Array(rows * (to - from));
  for (let row = 0; row < rows; row++) {
    const part = weight.values.subarray(row * columns + from, row * columns + to);
    values.set(part, row * (to - from));
  }
  return { weight: { dims: [rows, to - from], values }, bias: bias.slice(from, to) };
}
