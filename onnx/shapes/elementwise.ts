import { intAttribute } from '../attributes.ts';
import { DATA_TYPE } from '../model.ts';
import {
  broadcast,
  countOf,
  inputAt,
  MAX_VALUES,
  result,
  tensor,
  type Call,
  type Dims,
  type Result,
  type Rule,
  type Size,
} from './facts.ts';

/** Rules of operators that compute each element by itself. */

type Compute = (...values: readonly number[]) => Size;

/** Smallest and largest value of each integer type, as far as a double is exact. */
const INTEGER_RANGES: ReadonlyMap<number | undefined, readonly [number, number]> = new Map([
  [DATA_TYPE.bool, [0, 1]],
  [DATA_TYPE.int8, [-(2 ** 7), 2 ** 7 - 1]],
  [DATA_TYPE.uint8, [0, 2 ** 8 - 1]],
  [DATA_TYPE.int16, [-(2 ** 15), 2 ** 15 - 1]],
  [DATA_TYPE.uint16, [0, 2 ** 16 - 1]],
  [DATA_TYPE.int32, [-(2 ** 31), 2 ** 31 - 1]],
  [DATA_TYPE.uint32, [0, 2 ** 32 - 1]],
  [DATA_TYPE.int64, [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]],
  [DATA_TYPE.uint64, [0, Number.MAX_SAFE_INTEGER]],
]);

const isInteger = (type: number | undefined) => INTEGER_RANGES.has(type);

/**
 * The value that a runtime has: rounded as the type rounds. Unknown where the type would wrap or
 * rounds otherwise, so that no size is computed from a number that a runtime does not compute with.
 */
export function asStored(value: Size, type: number | undefined): Size {
  if (value === undefined || type === DATA_TYPE.float64) return value;
  if (type === DATA_TYPE.float32) return Math.fround(value);
  const [least, most] = INTEGER_RANGES.get(type) ?? [0, -1];
  return value >= least && value <= most ? value : undefined;
}

/** Same shape and type as the first input. */
const unary =
  (compute?: Compute): Rule =>
  (call) => {
    const { type, dims, values } = inputAt(call, 0);
    const computed = compute && values?.map((value) => apply(compute, [value], type));
    return result(tensor(type, dims, computed));
  };

/** Broadcasts all inputs. @param type of the output; the first input's where it is left out */
const combined =
  (compute?: Compute, type?: number): Rule =>
  (call) => {
    const inputs = call.inputs.map((_, index) => inputAt(call, index));
    const dims = broadcast(...inputs.map((input) => input.dims));
    const outputType = type ?? inputs[0]?.type;
    const values = compute && broadcastValues(compute, dims, inputs, outputType);
    return result(tensor(outputType, dims, values));
  };

const apply = (compute: Compute, values: Dims, type: number | undefined): Size =>
  values.every((value) => value !== undefined) ? asStored(compute(...values), type) : undefined;

/** Element by element, where all inputs' values are followed; only scalars are repeated. */
function broadcastValues(
  compute: Compute,
  dims: Dims | undefined,
  inputs: readonly { readonly values?: Dims }[],
  type: number | undefined,
): Dims | undefined {
  const count = countOf(dims);
  if (count === undefined || count > MAX_VALUES) return undefined;
  const lists = inputs.map(({ values }) => values ?? []);
  if (!lists.every(({ length }) => length === count || length === 1)) return undefined;
  return Array.from({ length: count }, (_, index) =>
    apply(
      compute,
      lists.map((list) => list[list.length === 1 ? 0 : index]),
      type,
    ),
  );
}

/** Division of integers drops the fraction. */
const divide: Rule = (call) => {
  const { type } = inputAt(call, 0);
  return combined((a = 0, b = 0) => {
    if (isInteger(type)) return b === 0 ? undefined : Math.trunc(a / b);
    return a / b;
  })(call);
};

/** A power of floats is rounded differently by each runtime. */
const power: Rule = (call) => {
  const { type } = inputAt(call, 0);
  return combined((a = 0, b = 0) => (isInteger(type) && b >= 0 ? a ** b : undefined))(call);
};

function castTo(call: Call, type: number | undefined): Result {
  const { dims, values } = inputAt(call, 0);
  const convert = (value: Size) => {
    if (value === undefined) return undefined;
    if (type === DATA_TYPE.bool) return truth(value !== 0);
    return asStored(isInteger(type) ? Math.trunc(value) : value, type);
  };
  return result(tensor(type, dims, values?.map(convert)));
}

const where: Rule = (call) => {
  const select: Compute = (condition, yes, no) => (condition === 0 ? no : yes);
  return combined(select, inputAt(call, 1).type)(call);
};

const { bool } = DATA_TYPE;
const truth = (is: boolean) => (is ? 1 : 0);

export const ELEMENTWISE: Readonly<Record<string, Rule>> = {
  Abs: unary((x = 0) => Math.abs(x)),
  Neg: unary((x = 0) => -x),
  Floor: unary((x = 0) => Math.floor(x)),
  Ceil: unary((x = 0) => Math.ceil(x)),
  Sqrt: unary((x = 0) => Math.sqrt(x)),
  Identity: unary((x) => x),
  Not: combined((x) => truth(x === 0), bool),
  IsNaN: combined(undefined, bool),
  IsInf: combined(undefined, bool),
  ...Object.fromEntries(
    [
      ...['Acos', 'Acosh', 'Asin', 'Asinh', 'Atan', 'Atanh', 'Cos', 'Cosh', 'Sin', 'Sinh', 'Tan'],
      ...['Tanh', 'Erf', 'Exp', 'Log', 'Reciprocal', 'Round', 'Sign', 'Sigmoid', 'Softplus'],
      ...[
        'Softsign',
        'Relu',
        'LeakyRelu',
        'Elu',
        'Selu',
        'Celu',
        'HardSigmoid',
        'HardSwish',
        'Mish',
      ],
      ...[
        'ThresholdedRelu',
        'Gelu',
        'Swish',
        'Softmax',
        'LogSoftmax',
        'Hardmax',
        'CumSum',
        'Trilu',
      ],
      ...['LpNormalization', 'com.microsoft.Gelu', 'com.microsoft.QuickGelu'],
      ...['com.microsoft.FastGelu', 'com.microsoft.BiasGelu', 'Clip', 'PRelu'],
      ...['ScatterND', 'ScatterElements', 'Scatter'],
    ].map((opType) => [opType, unary()]),
  ),
  Add: combined((a = 0, b = 0) => a + b),
  Sub: combined((a = 0, b = 0) => a - b),
  Mul: combined((a = 0, b = 0) => a * b),
  Div: divide,
  Pow: power,
  Mod: combined((a = 0, b = 0) => (b > 0 && a >= 0 ? a % b : undefined)),
  Min: combined((...values) => Math.min(...values)),
  Max: combined((...values) => Math.max(...values)),
  Sum: combined(),
  Mean: combined(),
  And: combined((a, b) => truth(a !== 0 && b !== 0), bool),
  Or: combined((a, b) => truth(a !== 0 || b !== 0), bool),
  Xor: combined((a, b) => truth((a !== 0) !== (b !== 0)), bool),
  Equal: combined((a, b) => truth(a === b), bool),
  Less: combined((a = 0, b = 0) => truth(a < b), bool),
  LessOrEqual: combined((a = 0, b = 0) => truth(a <= b), bool),
  Greater: combined((a = 0, b = 0) => truth(a > b), bool),
  GreaterOrEqual: combined((a = 0, b = 0) => truth(a >= b), bool),
  BitShift: combined(),
  BitwiseAnd: combined(),
  BitwiseOr: combined(),
  Where: where,
  Cast: (call) => castTo(call, intAttribute(call.node, 'to')),
  CastLike: (call) => castTo(call, inputAt(call, 1).type),
};
