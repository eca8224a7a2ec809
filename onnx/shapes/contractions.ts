import { intAttribute, intsAttribute, stringAttribute } from '../attributes.ts';
import { OnnxError } from '../errors.ts';
import { DATA_TYPE } from '../model.ts';
import { asStored } from './elementwise.ts';
import {
  axisIndex,
  broadcast,
  countOf,
  FLOAT_BYTES,
  formatDims,
  inputAt,
  numbersOf,
  product,
  isKnown,
  result,
  tensor,
  type Call,
  type Dims,
  type Result,
  type Rule,
  type Size,
} from './facts.ts';

/** Rules of operators that sum over axes: products of matrices, convolutions, reductions. */

/** [..., M, K] x [..., K, N], with vectors as rows or columns. */
function multiply(
  left: Dims | undefined,
  right: Dims | undefined,
  type: number | undefined,
): Result {
  if (!left || !right) return result(tensor(type, undefined));
  if (left.length === 0 || right.length === 0) throw new OnnxError('it multiplies a scalar');
  const a = left.length === 1 ? [1, ...left] : left;
  const b = right.length === 1 ? [...right, 1] : right;
  const inner = a.at(-1);
  const other = b.at(-2);
  if (inner !== undefined && other !== undefined && inner !== other) {
    throw new OnnxError(`it multiplies ${formatDims(left)} by ${formatDims(right)}`);
  }
  const batch = broadcast(a.slice(0, -2), b.slice(0, -2));
  const sizes = batch && [
    ...batch,
    ...(left.length > 1 ? [a.at(-2)] : []),
    ...(right.length > 1 ? [b.at(-1)] : []),
  ];
  return contraction(type, sizes, inner ?? other);
}

const contraction = (type: number | undefined, sizes: Dims | undefined, inner: Size): Result =>
  result(tensor(type, sizes), product(countOf(sizes), inner));

const matMul =
  (type?: number): Rule =>
  (call) =>
    multiply(inputAt(call, 0).dims, inputAt(call, 1).dims, type ?? inputAt(call, 0).type);

const swapLast = (dims: Dims | undefined, swap: boolean): Dims | undefined =>
  swap && dims && dims.length > 1 ? [...dims.slice(0, -2), dims.at(-1), dims.at(-2)] : dims;

const fusedMatMul: Rule = (call) => {
  const flags = ['transBatchA', 'transBatchB'].some((name) => intAttribute(call.node, name) === 1);
  const { type } = inputAt(call, 0);
  if (flags) return result(tensor(type, undefined));
  const [left, right] = (['transA', 'transB'] as const).map((name, index) =>
    swapLast(inputAt(call, index).dims, intAttribute(call.node, name) === 1),
  );
  return multiply(left, right, type);
};

const gemm: Rule = (call) => {
  const product2d = fusedMatMul(call);
  const [output] = product2d.outputs;
  if (output?.dims && output.dims.length !== 2) throw new OnnxError('it multiplies no matrices');
  return product2d;
};

/** Weights of N columns and K rows in blocks of few bits (com.microsoft). */
const matMulNBits: Rule = (call) => {
  const { type, dims } = inputAt(call, 0);
  const columns = intAttribute(call.node, 'N');
  return contraction(type, dims && [...dims.slice(0, -1), columns], intAttribute(call.node, 'K'));
};

const einsum: Rule = (call) => {
  const { type } = inputAt(call, 0);
  const equation = (stringAttribute(call.node, 'equation') ?? '').replaceAll(' ', '');
  const [inputs = '', output] = equation.split('->');
  if (output === undefined || equation.includes('.')) return result(tensor(type, undefined));
  const terms = inputs.split(',');
  const sizes = new Map<string, Size>();
  terms.forEach((term, index) => {
    Array.from(term).forEach((letter, axis) => {
      const [size] = broadcast([sizes.get(letter) ?? 1], [inputAt(call, index).dims?.[axis]]) ?? [];
      sizes.set(letter, size);
    });
  });
  const dims = Array.from(output, (letter) => sizes.get(letter));
  const all = countOf([...sizes.values()]);
  // Products of more than two inputs are held before they are summed.
  const scratch = terms.length > 2 && { scratchBytes: product(FLOAT_BYTES, all) };
  return { ...result(tensor(type, dims), all), ...scratch };
};

/** [N, C, spatial...] with weights [M, C / groups, kernel...]. */
const convolution =
  (type?: number): Rule =>
  (call) => {
    const input = inputAt(call, 0);
    const weights = inputAt(call, 1).dims;
    const sizes = windows(call, input.dims, weights?.slice(2), weights?.[0]);
    const kernel = countOf(weights?.slice(1));
    // The kernel copies each window of one image to a column.
    const columns = product(countOf(sizes?.slice(2)), kernel);
    return {
      ...contraction(type ?? input.type, sizes, kernel),
      scratchBytes: product(FLOAT_BYTES, columns),
    };
  };

const pooling: Rule = (call) => {
  const { type, dims } = inputAt(call, 0);
  const kernel = intsAttribute(call.node, 'kernel_shape');
  const sizes = windows(call, dims, kernel, dims?.[1]);
  const outputs = call.node.outputs.map((_, index) =>
    tensor(index === 0 ? type : DATA_TYPE.int64, sizes),
  );
  const work = product(countOf(sizes), countOf(kernel));
  return { outputs, ...(work !== undefined && { work }) };
};

/** Where a kernel fits; unknown with padding that is not given as numbers, or rounding up. */
function windows(call: Call, dims: Dims | undefined, kernel: Dims | undefined, channels: Size) {
  const { node } = call;
  if (!dims || !kernel || intAttribute(node, 'ceil_mode') === 1) return undefined;
  const automatic = stringAttribute(node, 'auto_pad') ?? 'NOTSET';
  const pads = intsAttribute(node, 'pads');
  const spatial = kernel.map((size, axis) => {
    const stride = intsAttribute(node, 'strides')?.[axis] ?? 1;
    const dilation = intsAttribute(node, 'dilations')?.[axis] ?? 1;
    const length = dims[axis + 2];
    if (length === undefined || size === undefined || stride < 1) return undefined;
    if (automatic.startsWith('SAME')) return Math.ceil(length / stride);
    const padding = (pads?.[axis] ?? 0) + (pads?.[axis + kernel.length] ?? 0);
    return Math.floor((length + padding - dilation * (size - 1) - 1) / stride) + 1;
  });
  return [dims[0], channels, ...spatial];
}

const globalPooling: Rule = (call) => {
  const { type, dims } = inputAt(call, 0);
  return result(
    tensor(
      type,
      dims?.map((length, axis) => (axis < 2 ? length : 1)),
    ),
  );
};

const reduce =
  (combine?: (a: number, b: number) => number): Rule =>
  (call) => {
    const { type, dims, values } = inputAt(call, 0);
    const axes = numbersOf(call, 'axes', 1);
    if (!dims || (call.inputs[1] && !isKnown(axes))) return result(tensor(type, undefined));
    const nothing = intAttribute(call.node, 'noop_with_empty_axes') === 1;
    const all = !axes || axes.length === 0;
    if (all && nothing) return result(tensor(type, dims, values));
    const reduced = new Set(axes?.map((axis) => axisIndex(axis ?? 0, dims.length)));
    const sizes = reducedDims(call, dims, (axis) => all || reduced.has(axis));
    const isWhole = all || reduced.size === dims.length;
    const known = isWhole && combine && isKnown(values) && values.length > 0;
    return result(
      tensor(type, sizes, known ? [asStored(values.reduce(combine), exact(type))] : undefined),
    );
  };

/** Sums of floats depend on their order. */
const exact = (type: number | undefined) =>
  type === DATA_TYPE.float32 || type === DATA_TYPE.float64 ? undefined : type;

function reducedDims({ node }: Call, dims: Dims, isReduced: (axis: number) => boolean): Dims {
  const keeps = intAttribute(node, 'keepdims') !== 0;
  const kept = dims.map((length, axis) => (isReduced(axis) ? 1 : length));
  return keeps ? kept : kept.filter((_, axis) => !isReduced(axis));
}

const argReduce: Rule = (call) => {
  const { dims } = inputAt(call, 0);
  const axis = dims && axisIndex(intAttribute(call.node, 'axis') ?? 0, dims.length);
  return result(tensor(DATA_TYPE.int64, dims && reducedDims(call, dims, (at) => at === axis)));
};

export const CONTRACTIONS: Readonly<Record<string, Rule>> = {
  MatMul: matMul(),
  MatMulInteger: matMul(DATA_TYPE.int32),
  'com.microsoft.MatMulIntegerToFloat': matMul(DATA_TYPE.float32),
  'com.microsoft.DynamicQuantizeMatMul': matMul(DATA_TYPE.float32),
  'com.microsoft.FusedMatMul': fusedMatMul,
  'com.microsoft.TransposeMatMul': fusedMatMul,
  'com.microsoft.FusedGemm': gemm,
  'com.microsoft.MatMulNBits': matMulNBits,
  Gemm: gemm,
  Einsum: einsum,
  Conv: convolution(),
  ConvInteger: convolution(DATA_TYPE.int32),
  MaxPool: pooling,
  AveragePool: pooling,
  GlobalAveragePool: globalPooling,
  GlobalMaxPool: globalPooling,
  ReduceSum: reduce((a, b) => a + b),
  ReduceProd: reduce((a, b) => a * b),
  ReduceMax: reduce((a, b) => Math.max(a, b)),
  ReduceMin: reduce((a, b) => Math.min(a, b)),
  ...Object.fromEntries(
    [
      'ReduceMean',
      'ReduceL1',
      'ReduceL2',
      'ReduceLogSum',
      'ReduceLogSumExp',
      'ReduceSumSquare',
    ].map((opType) => [opType, reduce()]),
  ),
  ArgMax: argReduce,
  ArgMin: argReduce,
};
