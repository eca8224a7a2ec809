import type { GraphRecorder, Value } from './recorder.ts';

export interface KernelContext {
  readonly recorder: GraphRecorder;
  /** Inputs by their tfjs names; a list input has the names 0, 1, 2 … */
  readonly inputs: Readonly<Record<string, Value>>;
  readonly attributes: object;
}

type Kernel = (context: KernelContext) => Value | Value[];

/** One tfjs kernel per entry: what it records. Names and attributes are those of tfjs 4. */
export const KERNELS: Readonly<Record<string, Kernel>> = {
  Identity: ({ inputs }) => inputs.x,
  Cast: cast,
  Reshape: ({ recorder, inputs, attributes }) =>
    reshape(recorder, inputs.x, (attributes as { shape: number[] }).shape),
  ExpandDims: expandDims,
  Transpose: ({ recorder, inputs, attributes }) =>
    transpose(recorder, inputs.x, (attributes as { perm: number[] }).perm),
  Concat: concat,
  SplitV: split,
  Tile: tile,

  Add: elementwise('Add', 0),
  AddN: addN,
  Sub: elementwise('Sub'),
  Multiply: elementwise('Mul', 1),
  RealDiv: elementwise('Div'),
  Minimum: elementwise('Min'),
  Maximum: elementwise('Max'),
  Equal: comparison('Equal'),
  Greater: comparison('Greater'),

  Neg: unary('Neg'),
  Exp: unary('Exp'),
  Log: unary('Log'),
  Sqrt: unary('Sqrt'),
  Square: ({ recorder, inputs: { x } }) => ({
    name: recorder.node('Mul', [x.name, x.name])[0],
    shape: x.shape,
    type: x.type,
  }),
  Erf: unary('Erf'),
  Sin: unary('Sin'),
  Cos: unary('Cos'),
  Tanh: unary('Tanh'),
  Relu: unary('Relu'),
  Softmax: ({ recorder, inputs: { logits } }) => ({
    name: recorder.node('Softmax', [logits.name], { axis: -1 })[0],
    shape: logits.shape,
    type: logits.type,
  }),

  Sum: reduction('ReduceSum'),
  Mean: reduction('ReduceMean'),
  Max: reduction('ReduceMax'),
  ArgMax: argMax,

  BatchMatMul: matMul,
  GatherV2: gather,
  UnsortedSegmentSum: segmentSum,
  OneHot: oneHot,
  LayerNormalization: layerNormalization,
};

function unary(op: string): Kernel {
  return ({ recorder, inputs: { x } }) => ({
    name: recorder.node(op, [x.name])[0],
    shape: x.shape,
    type: x.type,
  });
}

/** @param neutral the number that changes nothing as second operand, so that no node is needed */
function elementwise(op: string, neutral?: number): Kernel {
  return ({ recorder, inputs: { a, b } }) => {
    const shape = broadcast(a.shape, b.shape);
    if (neutral !== undefined) {
      for (const [one, other] of [
        [a, b],
        [b, a],
      ]) {
        if (one.uniform === neutral && same(other.shape, shape)) return other;
      }
    }
    return { name: recorder.node(op, [a.name, b.name])[0], shape, type: a.type };
  };
}

function comparison(op: string): Kernel {
  return ({ recorder, inputs: { a, b } }) => ({
    name: recorder.node(op, [a.name, b.name])[0],
    shape: broadcast(a.shape, b.shape),
    type: 'bool',
  });
}

function addN({ recorder, inputs }: KernelContext): Value {
  const terms = Object.values(inputs);
  const name = recorder.node(
    'Sum',
    terms.map((term) => term.name),
  )[0];
  return { name, shape: terms[0].shape, type: terms[0].type };
}

function cast({ recorder, inputs: { x }, attributes }: KernelContext): Value {
  const { dtype } = attributes as { dtype: 'float32' | 'int32' | 'bool' };
  if (dtype === x.type) return x;
  const to = { float32: 1, int32: 6, bool: 9 }[dtype];
  return { name: recorder.node('Cast', [x.name], { to })[0], shape: x.shape, type: dtype };
}

function reshape(recorder: GraphRecorder, x: Value, target: readonly number[]): Value {
  const product = (sizes: readonly number[]) => sizes.reduce((a, b) => a * b, 1);
  const known = product(target.filter((size) => size !== -1));
  const shape = target.map((size) => (size === -1 ? product(x.shape) / known : size));
  if (same(x.shape, shape)) return x;
  const [name] = recorder.node('Reshape', [x.name, recorder.shapeTensor(shape, true)]);
  return { name, shape, type: x.type, uniform: x.uniform };
}

function expandDims({ recorder, inputs, attributes }: KernelContext): Value {
  const { dim } = attributes as { dim: number };
  const x = inputs.input;
  const shape = [...x.shape];
  shape.splice(dim < 0 ? x.shape.length + 1 + dim : dim, 0, 1);
  return reshape(recorder, x, shape);
}

/** A transposition of a transposition is one; both together may be none. */
function transpose(recorder: GraphRecorder, x: Value, perm: readonly number[]): Value {
  const { transposed } = x;
  if (transposed && same(x.shape, permuted(transposed.from.shape, transposed.perm))) {
    return transpose(recorder, transposed.from, permuted(transposed.perm, perm));
  }
  if (perm.every((axis, place) => axis === place)) return x;
  const [name] = recorder.node('Transpose', [x.name], { perm });
  return { name, shape: permuted(x.shape, perm), type: x.type, transposed: { from: x, perm } };
}

function permuted(sizes: readonly number[], perm: readonly number[]): number[] {
  return perm.map((axis) => sizes[axis]);
}

function concat({ recorder, inputs, attributes }: KernelContext): Value {
  const parts = Object.values(inputs);
  const axis = axisOf((attributes as { axis: number }).axis, parts[0]);
  const shape = [...parts[0].shape];
  shape[axis] = parts.reduce((sum, part) => sum + part.shape[axis], 0);
  const name = recorder.node(
    'Concat',
    parts.map((part) => part.name),
    { axis },
  )[0];
  return { name, shape, type: parts[0].type };
}

function split({ recorder, inputs: { x }, attributes }: KernelContext): Value[] {
  const { numOrSizeSplits, axis: given } = attributes as {
    numOrSizeSplits: number | number[];
    axis: number;
  };
  const axis = axisOf(given, x);
  const sizes =
    typeof numOrSizeSplits === 'number'
      ? new Array<number>(numOrSizeSplits).fill(x.shape[axis] / numOrSizeSplits)
      : numOrSizeSplits;
  const lengths = recorder.constant(sizes.map(BigInt), [sizes.length]);
  const names = recorder.node('Split', [x.name, lengths], { axis }, sizes.length);
  return names.map((name, part) => {
    const shape = [...x.shape];
    shape[axis] = sizes[part];
    return { name, shape, type: x.type };
  });
}

function tile({ recorder, inputs: { x }, attributes }: KernelContext): Value {
  const { reps } = attributes as { reps: number[] };
  const shape = x.shape.map((size, axis) => size * reps[axis]);
  const [name] = recorder.node('Tile', [x.name, recorder.shapeTensor(reps)]);
  return { name, shape, type: x.type };
}

function reduction(op: 'ReduceSum' | 'ReduceMean' | 'ReduceMax'): Kernel {
  return ({ recorder, inputs: { x }, attributes }) => {
    // Max calls its axes `reductionIndices`, the other reductions `axis`.
    const { axis, reductionIndices, keepDims } = attributes as {
      axis?: number | number[] | null;
      reductionIndices?: number | number[] | null;
      keepDims?: boolean;
    };
    const all = x.shape.map((_, place) => place);
    const axes = [axis ?? reductionIndices ?? all].flat().map((one) => axisOf(one, x));
    const keepdims = keepDims ? 1 : 0;
    // At opset 17 ReduceSum takes its axes as an input, the other reductions as an attribute.
    const [name] =
      op === 'ReduceSum'
        ? recorder.node(op, [x.name, recorder.constant(axes.map(BigInt), [axes.length])], {
            keepdims,
          })
        : recorder.node(op, [x.name], { axes, keepdims });
    const shape = x.shape
      .map((size, place) => (axes.includes(place) ? 1 : size))
      .filter((_, place) => keepDims || !axes.includes(place));
    return { name, shape, type: x.type };
  };
}

function argMax({ recorder, inputs: { x }, attributes }: KernelContext): Value {
  const axis = axisOf((attributes as { axis: number }).axis, x);
  const [wide] = recorder.node('ArgMax', [x.name], { axis, keepdims: 0 });
  const [name] = recorder.node('Cast', [wide], { to: 6 });
  return { name, shape: x.shape.filter((_, place) => place !== axis), type: 'int32' };
}

function matMul({ recorder, inputs: { a, b }, attributes }: KernelContext): Value {
  const { transposeA, transposeB } = attributes as { transposeA: boolean; transposeB: boolean };
  const rank = a.shape.length;
  if (rank === 2 && transposeB && !transposeA) {
    // Gemm reads a transposed second operand as fast as a straight one, without moving it.
    const shape = [a.shape[0], b.shape[0]];
    return { name: recorder.node('Gemm', [a.name, b.name], { transB: 1 })[0], shape, type: a.type };
  }
  const flipped = (x: Value) => {
    const perm = Array.from({ length: rank }, (_, axis) => axis);
    [perm[rank - 2], perm[rank - 1]] = [rank - 1, rank - 2];
    return transpose(recorder, x, perm);
  };
  const multiply = (left: Value, right: Value): Value => ({
    name: recorder.node('MatMul', [left.name, right.name])[0],
    shape: [
      ...broadcast(left.shape.slice(0, -2), right.shape.slice(0, -2)),
      left.shape[rank - 2],
      right.shape[rank - 1],
    ],
    type: a.type,
  });
  // a^T b = (b^T a)^T: the form that moves less.
  const elements = (x: Value) => x.shape.reduce((product, size) => product * size, 1);
  if (transposeA && !transposeB && elements(b) < elements(a)) {
    return flipped(multiply(flipped(b), a));
  }
  return multiply(transposeA ? flipped(a) : a, transposeB ? flipped(b) : b);
}

function gather({ recorder, inputs: { x, indices }, attributes }: KernelContext): Value {
  const { axis: given, batchDims } = attributes as { axis: number; batchDims: number };
  if (batchDims) throw new Error('Gather with batch dimensions cannot be traced to ONNX');
  const axis = axisOf(given, x);
  const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
  return {
    name: recorder.node('Gather', [x.name, indices.name], { axis })[0],
    shape,
    type: x.type,
  };
}

/** Sums rows by segment: the gradient of a gather. */
function segmentSum({ recorder, inputs: { x, segmentIds }, attributes }: KernelContext): Value {
  const { numSegments } = attributes as { numSegments: number };
  const shape = [numSegments, ...x.shape.slice(1)];
  const [zeros] = recorder.node('ConstantOfShape', [recorder.shapeTensor(shape)]);
  const [wide] = recorder.node('Cast', [segmentIds.name], { to: 7 });
  const column = recorder.constant([-1n, 1n], [2]);
  const [rows] = recorder.node('Reshape', [wide, column]);
  const [name] = recorder.node('ScatterND', [zeros, rows, x.name], { reduction: 'add' });
  return { name, shape, type: x.type };
}

function oneHot({ recorder, inputs: { indices }, attributes }: KernelContext): Value {
  const { depth, onValue, offValue } = attributes as {
    depth: number;
    onValue: number;
    offValue: number;
  };
  const count = recorder.constant(Int32Array.of(depth), [1]);
  const values = recorder.constant(Float32Array.of(offValue, onValue), [2]);
  const [name] = recorder.node('OneHot', [indices.name, count, values], { axis: -1 });
  return { name, shape: [...indices.shape, depth], type: 'float32' };
}

/** Our own kernel (`trainer/ops.ts`): ONNX has the node, and ORT a fast one; its gain is 1. */
function layerNormalization({ recorder, inputs: { x }, attributes }: KernelContext): Value[] {
  const { epsilon } = attributes as { epsilon: number };
  const width = x.shape[x.shape.length - 1];
  const names = recorder.node(
    'LayerNormalization',
    [x.name, recorder.constant(new Float32Array(width).fill(1), [width])],
    { axis: -1, epsilon: { float: epsilon } },
    3,
  );
  const rows = [...x.shape.slice(0, -1), 1];
  return [
    { name: names[0], shape: x.shape, type: x.type },
    { name: names[1], shape: rows, type: x.type },
    { name: names[2], shape: rows, type: x.type },
  ];
}

function axisOf(axis: number, x: Value): number {
  return axis < 0 ? axis + x.shape.length : axis;
}

function same(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

/** Numpy broadcasting of two shapes that tfjs has already checked. */
function broadcast(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    return left === 1 ? right : left;
  });
}
