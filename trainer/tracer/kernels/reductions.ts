import type * as tf from '@tensorflow/tfjs';
import { DATA_TYPE } from '../../../onnx/model.ts';
import { axisOf, sizeAt, type Kernel } from './context.ts';

/** Kernels that compute over a whole axis. */

export function reduction(op: 'ReduceSum' | 'ReduceMean' | 'ReduceMax'): Kernel {
  return (context) => {
    const { recorder } = context;
    const x = context.input('x');
    // Max calls its axes `reductionIndices`, the other reductions `axis`.
    const { axis, reductionIndices, keepDims } =
      context.attributes<Partial<tf.SumAttrs & tf.MaxAttrs>>();
    const all = x.shape.map((_, place) => place);
    const axes = [axis ?? reductionIndices ?? all].flat().map((one) => axisOf(one, x));
    const keepdims = keepDims ? 1 : 0;
    const shape = x.shape
      .map((size, place) => (axes.includes(place) ? 1 : size))
      .filter((_, place) => keepDims || !axes.includes(place));
    // At opset 17 ReduceSum takes its axes as an input, the other reductions as an attribute.
    if (op !== 'ReduceSum') return recorder.value(op, [x], shape, x.type, { axes, keepdims });
    const axesTensor = recorder.constant(axes.map(BigInt), [axes.length]);
    return recorder.value(op, [x, axesTensor], shape, x.type, { keepdims });
  };
}

export const argMax: Kernel = (context) => {
  const { recorder } = context;
  const x = context.input('x');
  const axis = axisOf(context.attributes<tf.ArgMaxAttrs>().axis, x);
  const shape = x.shape.filter((_, place) => place !== axis);
  const indices = recorder.value('ArgMax', [x], shape, 'int64', { axis, keepdims: 0 });
  return recorder.value('Cast', [indices], shape, 'int32', { to: DATA_TYPE.int32 });
};

export const softmax: Kernel = (context) => {
  const x = context.input('logits');
  return context.recorder.value('Softmax', [x], x.shape, x.type, { axis: -1 });
};

/** Our own kernel (`trainer/ops.ts`): ONNX has the node, and ONNX Runtime a fast one; its gain is 1. */
export const layerNormalization: Kernel = (context) => {
  const { recorder } = context;
  const x = context.input('x');
  const { epsilon } = context.attributes<{ readonly epsilon: number }>();
  const width = sizeAt(x.shape, -1);
  const gain = recorder.constant(new Float32Array(width).fill(1), [width]);
  const statistics = [...x.shape.slice(0, -1), 1];
  return recorder.values(
    'LayerNormalization',
    [x, gain],
    [x.shape, statistics, statistics],
    x.type,
    { axis: -1, epsilon: { float: epsilon } },
  );
};

/** Sums rows by segment: the gradient of a gather. `segmentIds` is [rows]. */
export const segmentSum: Kernel = (context) => {
  const { recorder } = context;
  const [x, segmentIds] = [context.input('x'), context.input('segmentIds')];
  const { numSegments } = context.attributes<tf.UnsortedSegmentSumAttrs>();
  const shape = [numSegments, ...x.shape.slice(1)];
  const zeros = recorder.value('ConstantOfShape', [recorder.shapeTensor(shape)], shape, x.type);
  const ids = recorder.value('Cast', [segmentIds], segmentIds.shape, 'int64', {
    to: DATA_TYPE.int64,
  });
  const rows = recorder.value(
    'Reshape',
    [ids, recorder.constant([-1n, 1n], [2])],
    [sizeAt(segmentIds.shape, 0), 1],
    'int64',
  );
  return recorder.value('ScatterND', [zeros, rows, x], shape, x.type, { reduction: 'add' });
};
