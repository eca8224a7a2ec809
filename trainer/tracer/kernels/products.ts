import type * as tf from '@tensorflow/tfjs';
import { elementCount } from '../../../onnx/tensor-data.ts';
import type { GraphRecorder, Value } from '../recorder.ts';
import { broadcast, sizeAt, type Kernel } from './context.ts';
import { transpose } from './shapes.ts';

/** Kernel `BatchMatMul`. */
export const matMul: Kernel = (context) => {
  const { recorder } = context;
  const [a, b] = [context.input('a'), context.input('b')];
  const { transposeA, transposeB } = context.attributes<tf.BatchMatMulAttrs>();
  if (a.shape.length === 2 && transposeB && !transposeA) {
    // Gemm reads a transposed second operand as fast as a straight one, without moving it.
    const shape = [sizeAt(a.shape, 0), sizeAt(b.shape, 0)];
    return recorder.value('Gemm', [a, b], shape, a.type, { transB: 1 });
  }
  // a^T b = (b^T a)^T: the form that moves less.
  if (transposeA && !transposeB && elementCount(b.shape) < elementCount(a.shape)) {
    return flip(recorder, multiply(recorder, flip(recorder, b), a));
  }
  return multiply(recorder, transposeA ? flip(recorder, a) : a, transposeB ? flip(recorder, b) : b);
};

const multiply = (recorder: GraphRecorder, a: Value, b: Value): Value =>
  recorder.value(
    'MatMul',
    [a, b],
    [
      ...broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2)),
      sizeAt(a.shape, -2),
      sizeAt(b.shape, -1),
    ],
    a.type,
  );

/** Exchanges the last two axes. */
function flip(recorder: GraphRecorder, x: Value): Value {
  const axes = x.shape.map((_, axis) => axis);
  const [row, column] = axes.splice(-2);
  return row === undefined || column === undefined
    ? x
    : transpose(recorder, x, [...axes, column, row]);
}
