import { intsAttribute } from '../attributes.ts';
import { OnnxError } from '../errors.ts';
import { DATA_TYPE, type OnnxNode } from '../model.ts';

/**
 * What is known of tensors without running a graph. A size is either exact or unknown (undefined),
 * never a guess, so that a bound that is computed from sizes holds.
 */

export type Size = number | undefined;
export type Dims = readonly Size[];

export interface TensorFacts {
  /** One of `DATA_TYPE`; undefined where unknown. */
  readonly type: number | undefined;
  /** Undefined where even the rank is unknown. */
  readonly dims: Dims | undefined;
  /** The numbers in a small tensor, row-major, since other tensors' sizes are computed from them. */
  readonly values?: Dims;
  /** Depends on no input of the graph: ONNX Runtime computes it when a session opens. */
  readonly constant: boolean;
}

/** An output as a rule gives it; whether it is constant follows from the inputs. */
export type Output = Omit<TensorFacts, 'constant'>;

/** One node with what is known of its inputs. */
export interface Call {
  readonly node: OnnxNode;
  /** Undefined for an optional input that is left out. */
  readonly inputs: readonly (TensorFacts | undefined)[];
  /** Version of ONNX's own operators. */
  readonly opset: number;
}

export interface Result {
  readonly outputs: readonly Output[];
  /** Multiply-adds; absent where it is about one for each element that is read or written. */
  readonly work?: number;
  /** Bytes that only the kernel holds, while it runs; absent where they are few. */
  readonly scratchBytes?: Size;
}

/** Computes a node's outputs. @throws OnnxError where the inputs do not fit together */
export type Rule = (call: Call) => Result;

export const UNKNOWN: Output = { type: undefined, dims: undefined };

/** Most values of one tensor that are followed: lists of sizes and axes are short. */
export const MAX_VALUES = 64;

/** Of other types only scales and single numbers are; longer lists are weights. */
const MAX_OTHERS = 16;

const SIZE_TYPES: ReadonlySet<number | undefined> = new Set([
  ...[DATA_TYPE.int32, DATA_TYPE.int64, DATA_TYPE.bool],
]);

export const mostValues = (type: number | undefined): number =>
  SIZE_TYPES.has(type) ? MAX_VALUES : MAX_OTHERS;

/** No runtime uses more axes. */
export const MAX_RANK = 16;

/** Kernels compute in float32 at most. */
export const FLOAT_BYTES = 4;

/** One output. */
export const result = (output: Output, work?: number): Result => ({
  outputs: [output],
  ...(work !== undefined && { work }),
});

export function tensor(type: number | undefined, dims: Dims | undefined, values?: Dims): Output {
  if (dims && dims.length > MAX_RANK)
    throw new OnnxError(`it makes a tensor of ${dims.length} axes`);
  if (dims?.some((size) => size !== undefined && !(Number.isInteger(size) && size >= 0))) {
    throw new OnnxError(`it makes a tensor of the size ${formatDims(dims)}`);
  }
  const keeps = values && values.length <= mostValues(type) && values.length === countOf(dims);
  return { type, dims, ...(keeps && { values }) };
}

/** Number of elements, where every size is known. */
export function countOf(dims: Dims | undefined): Size {
  let count: Size = dims && 1;
  for (const size of dims ?? []) {
    if (count === undefined || size === undefined) return undefined;
    count *= size;
  }
  return count;
}

export const isKnown = (dims: Dims | undefined): dims is readonly number[] =>
  dims?.every((size) => size !== undefined) ?? false;

export const formatDims = (dims: Dims | undefined): string =>
  dims ? `[${dims.map((size) => size ?? '?').join(', ')}]` : 'of unknown rank';

/** Input by number, where it is there. */
export const inputAt = ({ inputs }: Call, index: number): TensorFacts =>
  inputs[index] ?? { type: undefined, dims: undefined, constant: true };

/** Numbers that are an attribute in old operator sets and an input in newer ones. */
export function numbersOf(call: Call, attribute: string, index: number): Dims | undefined {
  if (call.inputs[index]) return call.inputs[index].values;
  return intsAttribute(call.node, attribute);
}

export const product = (a: Size, b: Size): Size =>
  a === undefined || b === undefined ? undefined : a * b;

export const sum = (a: Size, b: Size): Size =>
  a === undefined || b === undefined ? undefined : a + b;

export const unknownDims = (rank: number): Dims =>
  Array<Size>(Math.min(rank, MAX_VALUES)).fill(undefined);

/**
 * A possibly negative axis as an index.
 *
 * @throws OnnxError where there is no such axis
 */
export function axisIndex(axis: number, rank: number): number {
  const index = axis < 0 ? axis + rank : axis;
  if (index >= 0 && index < rank) return index;
  throw new OnnxError(`it uses axis ${axis} of a tensor with ${rank} axes`);
}

/**
 * The shape of an elementwise operation (ONNX "multidirectional broadcasting").
 *
 * @throws OnnxError where shapes do not fit
 */
export function broadcast(...shapes: readonly (Dims | undefined)[]): Dims | undefined {
  return shapes.reduce((left, right) => {
    if (!left || !right) return undefined;
    const rank = Math.max(left.length, right.length);
    return Array.from({ length: rank }, (_, axis) => {
      const fromLeft = axis < rank - left.length ? 1 : left[axis - rank + left.length];
      const fromRight = axis < rank - right.length ? 1 : right[axis - rank + right.length];
      return broadcastSize(fromLeft, fromRight, left, right);
    });
  });
}

function broadcastSize(a: Size, b: Size, left: Dims, right: Dims): Size {
  if (a === 1) return b;
  if (b === 1) return a;
  if (a === undefined) return b;
  if (b === undefined || a === b) return a;
  throw new OnnxError(`it combines shapes ${formatDims(left)} and ${formatDims(right)}`);
}
