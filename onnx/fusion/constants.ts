import { intAttribute } from '../attributes.ts';
import type { GraphIndex } from '../graph.ts';
import { DATA_TYPE, EXTERNAL, type OnnxGraph, type OnnxNode, type OnnxTensor } from '../model.ts';
import { elementCount, smallValues, tensorFault } from '../tensor-data.ts';

/** A constant of float32, row-major. */
export interface FloatConstant {
  readonly dims: readonly number[];
  readonly values: Float32Array;
}

/** The constants of a graph, and what its nodes compute of constants alone, such as scaled weights. */
export class Constants {
  readonly #tensors: ReadonlyMap<string, OnnxTensor>;
  readonly #found = new Map<string, FloatConstant | undefined>();

  constructor(
    graph: OnnxGraph,
    private readonly producers: GraphIndex['producers'],
  ) {
    this.#tensors = new Map(graph.initializers.map((tensor) => [tensor.name, tensor]));
  }

  /** @returns undefined where the tensor depends on inputs, or on an operator that is not known here */
  floats(name: string): FloatConstant | undefined {
    if (this.#found.has(name)) return this.#found.get(name);
    // Found nothing so far, in case the tensor depends on itself.
    this.#found.set(name, undefined);
    const tensor = this.#tensors.get(name);
    const node = this.producers.get(name);
    const constant = tensor ? readFloats(tensor) : node && this.#compute(node);
    this.#found.set(name, constant);
    return constant;
  }

  /** The sizes in a constant list of integers. */
  integers(name: string): number[] | undefined {
    const tensor = this.#tensors.get(name);
    return tensor?.dataType === DATA_TYPE.int64 ? smallValues(tensor, 8) : undefined;
  }

  #compute(node: OnnxNode): FloatConstant | undefined {
    const [first = '', second = ''] = node.inputs;
    if (node.domain !== '') return undefined;
    const a = this.floats(first);
    if (!a) return undefined;
    if (node.opType === 'Cast')
      return intAttribute(node, 'to') === DATA_TYPE.float32 ? a : undefined;
    if (node.opType === 'Reshape') return reshaped(a, this.integers(second));
    const b = this.floats(second);
    if (!b) return undefined;
    switch (node.opType) {
      case 'Add':
        return elementwise(a, b, (x, y) => x + y);
      case 'Mul':
        return elementwise(a, b, (x, y) => x * y);
      case 'MatMul':
        return rowTimesMatrix(a, b);
      default:
        return undefined;
    }
  }
}

function readFloats(tensor: OnnxTensor): FloatConstant | undefined {
  const { dims, dataType, dataLocation } = tensor;
  const bytes = tensor.rawData ?? tensor.floatData;
  if (!bytes || dataLocation === EXTERNAL || tensorFault(tensor) !== undefined) return undefined;
  // A copy, as the bytes in the file need not be aligned. A Buffer's own slice would not copy.
  const { buffer } = new Uint8Array(bytes);
  if (dataType === DATA_TYPE.float32) return { dims, values: new Float32Array(buffer) };
  if (dataType !== DATA_TYPE.float16) return undefined;
  return { dims, values: halfToFloat(new Uint16Array(buffer)) };
}

/** Exact, as float32 holds every float16. */
export function halfToFloat(halves: Uint16Array): Float32Array {
  const values = new Float32Array(halves.length);
  const bits = new Uint32Array(values.buffer);
  for (let at = 0; at < halves.length; at++) {
    const half = halves[at] ?? 0;
    const sign = (half & 0x8000) << 16;
    const rest = half & 0x7fff;
    if (rest >= 0x7c00) bits[at] = sign | 0x7f800000 | ((rest & 0x3ff) << 13);
    else if (rest >= 0x400) bits[at] = sign | ((rest << 13) + 0x38000000);
    else values[at] = (sign === 0 ? 1 : -1) * rest * 2 ** -24;
  }
  return values;
}

function reshaped({ dims, values }: FloatConstant, sizes: readonly number[] | undefined) {
  if (!sizes) return undefined;
  const known = elementCount(sizes.filter((size) => size !== -1));
  const wanted = sizes.map((size) => (size === -1 ? values.length / known : size));
  return elementCount(wanted) === elementCount(dims) ? { dims: wanted, values } : undefined;
}

/** One of them may be a scalar, or a column [rows, 1] beside a matrix. */
function elementwise(
  a: FloatConstant,
  b: FloatConstant,
  apply: (x: number, y: number) => number,
): FloatConstant | undefined {
  if (b.values.length > a.values.length) return elementwise(b, a, (x, y) => apply(y, x));
  const isColumn = a.dims.length === 2 && b.dims.join() === `${a.dims[0] ?? 0},1`;
  if (!isColumn && b.dims.length > 0 && a.dims.join() !== b.dims.join()) return undefined;
  const each = a.values.length / b.values.length;
  const values = new Float32Array(a.values.length);
  for (let at = 0; at < values.length; at++) {
    values[at] = apply(a.values[at] ?? 0, b.values[Math.floor(at / each)] ?? 0);
  }
  return { dims: a.dims, values };
}

/** [1, in] x [in, out] -> [1, out] */
function rowTimesMatrix(row: FloatConstant, matrix: FloatConstant): FloatConstant | undefined {
  const [rows, width] = row.dims;
  const [inner, columns = 0] = matrix.dims;
  if (rows !== 1 || row.dims.length !== 2 || matrix.dims.length !== 2 || width !== inner)
    return undefined;
  const sums = new Float64Array(columns);
  for (let from = 0; from < row.values.length; from++) {
    const factor = row.values[from] ?? 0;
    for (let to = 0; to < columns; to++) {
      sums[to] = (sums[to] ?? 0) + factor * (matrix.values[from * columns + to] ?? 0);
    }
  }
  return { dims: [1, columns], values: Float32Array.from(sums) };
}
