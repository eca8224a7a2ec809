import type * as tf from '@tensorflow/tfjs';
import { elementCount } from '../../../onnx/tensor-data.ts';
import type { GraphRecorder, Value } from '../recorder.ts';
import { TraceError } from '../trace-error.ts';
import { axisOf, sameShape, sizeAt, withSize, type Kernel } from './context.ts';

/** Kernels that move values without changing them. */

export const reshapeKernel: Kernel = (context) =>
  reshape(context.recorder, context.input('x'), context.attributes<tf.ReshapeAttrs>().shape);

/** A reshape of a reshape is one; both together may be none. */
function reshape(recorder: GraphRecorder, given: Value, target: readonly number[]): Value {
  const known = elementCount(target.filter((size) => size !== -1));
  const shape = target.map((size) => (size === -1 ? elementCount(given.shape) / known : size));
  if (sameShape(given.shape, shape)) return given;
  const x = given.reshaped ?? given;
  if (sameShape(x.shape, shape)) return x;
  const value = recorder.value('Reshape', [x, recorder.shapeTensor(shape, true)], shape, x.type);
  return { ...value, uniform: x.uniform, reshaped: x };
}

export const expandDims: Kernel = (context) => {
  const { dim } = context.attributes<tf.ExpandDimsAttrs>();
  const x = context.input('input');
  const axis = dim < 0 ? x.shape.length + 1 + dim : dim;
  return reshape(context.recorder, x, x.shape.toSpliced(axis, 0, 1));
};

export const transposeKernel: Kernel = (context) =>
  transpose(context.recorder, context.input('x'), context.attributes<tf.TransposeAttrs>().perm);

/** A transposition of a transposition is one; both together may be none. */
export function transpose(recorder: GraphRecorder, x: Value, perm: readonly number[]): Value {
  const { transposed } = x;
  if (transposed && sameShape(x.shape, permuted(transposed.from.shape, transposed.perm))) {
    return transpose(recorder, transposed.from, permuted(transposed.perm, perm));
  }
  if (perm.every((axis, place) => axis === place)) return x;
  const value = recorder.value('Transpose', [x], permuted(x.shape, perm), x.type, { perm });
  return { ...value, transposed: { from: x, perm } };
}

const permuted = (sizes: readonly number[], perm: readonly number[]): number[] =>
  perm.map((axis) => sizeAt(sizes, axis));

export const concat: Kernel = (context) => {
  const parts = context.list();
  const [first] = parts;
  const axis = axisOf(context.attributes<tf.ConcatAttrs>().axis, first);
  const size = parts.reduce((sum, part) => sum + sizeAt(part.shape, axis), 0);
  return context.recorder.value('Concat', parts, withSize(first.shape, axis, size), first.type, {
    axis,
  });
};

export const split: Kernel = (context) => {
  const { recorder } = context;
  const x = context.input('x');
  const { numOrSizeSplits, axis: given } = context.attributes<tf.SplitVAttrs>();
  const axis = axisOf(given, x);
  const sizes =
    typeof numOrSizeSplits === 'number'
      ? Array.from({ length: numOrSizeSplits }, () => sizeAt(x.shape, axis) / numOrSizeSplits)
      : numOrSizeSplits;
  const lengths = recorder.constant(sizes.map(BigInt), [sizes.length]);
  const shapes = sizes.map((size) => withSize(x.shape, axis, size));
  return recorder.values('Split', [x, lengths], shapes, x.type, { axis });
};

export const tile: Kernel = (context) => {
  const { recorder } = context;
  const x = context.input('x');
  const { reps } = context.attributes<tf.TileAttrs>();
  const shape = x.shape.map((size, axis) => size * (reps[axis] ?? 1));
  return recorder.value('Tile', [x, recorder.shapeTensor(reps)], shape, x.type);
};

export const gather: Kernel = (context) => {
  const [x, indices] = [context.input('x'), context.input('indices')];
  const { axis: given, batchDims } = context.attributes<tf.GatherV2Attrs>();
  if (batchDims) throw new TraceError('Gather with batch dimensions cannot be traced to ONNX');
  const axis = axisOf(given, x);
  const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
  return context.recorder.value('Gather', [x, indices], shape, x.type, { axis });
};
