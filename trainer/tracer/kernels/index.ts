import type { Kernel } from './context.ts';
import { cast, comparison, elementwise, oneHot, square, sumOfAll, unary } from './elementwise.ts';
import { argMax, layerNormalization, reduction, segmentSum, softmax } from './reductions.ts';
import {
  concat,
  expandDims,
  gather,
  reshapeKernel,
  split,
  tile,
  transposeKernel,
} from './shapes.ts';
import { matMul } from './products.ts';

/** What each kernel of TensorFlow.js records as ONNX. */
export const KERNELS: Readonly<Record<string, Kernel>> = {
  Identity: (context) => context.input('x'),
  Cast: cast,
  Reshape: reshapeKernel,
  ExpandDims: expandDims,
  Transpose: transposeKernel,
  Concat: concat,
  SplitV: split,
  Tile: tile,
  GatherV2: gather,

  Add: elementwise('Add', 0),
  AddN: sumOfAll,
  Sub: elementwise('Sub'),
  Multiply: elementwise('Mul', 1),
  RealDiv: elementwise('Div'),
  Minimum: elementwise('Min'),
  Maximum: elementwise('Max'),
  Equal: comparison('Equal'),
  Greater: comparison('Greater'),
  OneHot: oneHot,

  Neg: unary('Neg'),
  Exp: unary('Exp'),
  Log: unary('Log'),
  Sqrt: unary('Sqrt'),
  Square: square,
  Erf: unary('Erf'),
  Sin: unary('Sin'),
  Cos: unary('Cos'),
  Tanh: unary('Tanh'),
  Relu: unary('Relu'),
  Softmax: softmax,

  Sum: reduction('ReduceSum'),
  Mean: reduction('ReduceMean'),
  Max: reduction('ReduceMax'),
  ArgMax: argMax,
  UnsortedSegmentSum: segmentSum,
  LayerNormalization: layerNormalization,

  BatchMatMul: matMul,
};
