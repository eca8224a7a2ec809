import { floatAttribute, intAttribute, tensorAttribute, attributeOf } from '../attributes.ts';
import { DATA_TYPE } from '../model.ts';
import { smallValues } from '../tensor-data.ts';
import {
  axisIndex,
  countOf,
  inputAt,
  MAX_VALUES,
  mostValues,
  result,
  tensor,
  type Rule,
  type Size,
} from './facts.ts';

/** Rules of operators that make tensors of constants or of sizes. */

const constant: Rule = ({ node }) => {
  const value = tensorAttribute(node, 'value');
  if (value)
    return result(
      tensor(value.dataType, value.dims, smallValues(value, mostValues(value.dataType))),
      0,
    );
  const { int64: integer, float32 } = DATA_TYPE;
  const int = intAttribute(node, 'value_int');
  if (int !== undefined) return result(tensor(integer, [], [int]), 0);
  const float = floatAttribute(node, 'value_float');
  if (float !== undefined) return result(tensor(float32, [], [float]), 0);
  const ints = attributeOf(node, 'value_ints')?.ints.map(Number);
  if (ints) return result(tensor(integer, [ints.length], ints), 0);
  const floats = attributeOf(node, 'value_floats')?.floats;
  return result(tensor(float32, floats && [floats.length], floats), 0);
};

const constantOfShape: Rule = (call) => {
  const value = tensorAttribute(call.node, 'value');
  const sizes = inputAt(call, 0).values;
  const fill = value ? smallValues(value, 1)?.[0] : 0;
  const count = countOf(sizes);
  const filled =
    count !== undefined && count <= MAX_VALUES ? Array<Size>(count).fill(fill) : undefined;
  return result(tensor(value?.dataType ?? DATA_TYPE.float32, sizes, filled));
};

/** Whole numbers of which every type computes exactly. */
const isExact = (value: Size): value is number =>
  value !== undefined && Number.isInteger(value) && Math.abs(value) <= 2 ** 24;

const range: Rule = (call) => {
  const [start, limit, delta] = [0, 1, 2].map((index) => inputAt(call, index).values?.[0]);
  const { type } = inputAt(call, 0);
  if (!isExact(start) || !isExact(limit) || !isExact(delta) || delta === 0) {
    return result(tensor(type, [undefined]));
  }
  const count = Math.max(0, Math.ceil((limit - start) / delta));
  const values =
    count <= MAX_VALUES
      ? Array.from({ length: count }, (_, index) => start + index * delta)
      : undefined;
  return result(tensor(type, [count], values));
};

const oneHot: Rule = (call) => {
  const { dims } = inputAt(call, 0);
  const axis = intAttribute(call.node, 'axis') ?? -1;
  if (!dims) return result(tensor(inputAt(call, 2).type, undefined));
  const at = axisIndex(axis, dims.length + 1);
  const sizes = [...dims.slice(0, at), inputAt(call, 1).values?.[0], ...dims.slice(at)];
  return result(tensor(inputAt(call, 2).type, sizes));
};
const eyeLike: Rule = (call) => {
  const { type, dims } = inputAt(call, 0);
  return result(tensor(intAttribute(call.node, 'dtype') ?? type, dims));
};

export const GENERATORS: Readonly<Record<string, Rule>> = {
  Constant: constant,
  ConstantOfShape: constantOfShape,
  Range: range,
  OneHot: oneHot,
  EyeLike: eyeLike,
};
