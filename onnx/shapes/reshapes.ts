import { intAttribute, intsAttribute } from '../attributes.ts';
import { OnnxError } from '../errors.ts';
import { DATA_TYPE } from '../model.ts';
import {
  axisIndex,
  broadcast,
  countOf,
  inputAt,
  isKnown,
  MAX_VALUES,
  numbersOf,
  product,
  result,
  tensor,
  unknownDims,
  type Rule,
  type Size,
} from './facts.ts';

/** Rules of operators that give a tensor another shape. */

const { int64 } = DATA_TYPE;

const shape: Rule = (call) => {
  const { dims } = inputAt(call, 0);
  if (!dims) return result({ type: int64, dims: [undefined] });
  const start = intAttribute(call.node, 'start') ?? 0;
  const part = dims.slice(start, intAttribute(call.node, 'end') ?? dims.length);
  return result(tensor(int64, [part.length], part), 1);
};

const size: Rule = (call) => result(tensor(int64, [], [countOf(inputAt(call, 0).dims)]), 1);

const reshape: Rule = (call) => {
  const { type, dims, values } = inputAt(call, 0);
  const target = numbersOf(call, 'shape', 1);
  const rank = inputAt(call, 1).dims?.[0];
  if (!target) return result(tensor(type, rank === undefined ? undefined : unknownDims(rank)));
  const copiesZero = intAttribute(call.node, 'allowzero') !== 1;
  const sizes = target.map((wanted, axis) => (wanted === 0 && copiesZero ? dims?.[axis] : wanted));
  const free = sizes.indexOf(-1);
  if (free >= 0) {
    const others = countOf(sizes.filter((_, axis) => axis !== free));
    const count = countOf(dims);
    const fits = count !== undefined && others !== undefined && others > 0;
    sizes[free] = fits ? count / others : undefined;
  }
  const before = countOf(dims);
  const after = countOf(sizes);
  if (before !== undefined && after !== undefined && before !== after) {
    throw new OnnxError(`it reshapes ${before} values to ${after}`);
  }
  return result(tensor(type, sizes, values));
};

const flatten: Rule = (call) => {
  const { type, dims, values } = inputAt(call, 0);
  if (!dims) return result(tensor(type, [undefined, undefined]));
  const axis = intAttribute(call.node, 'axis') ?? 1;
  const at = axis < 0 ? axis + dims.length : axis;
  return result(tensor(type, [countOf(dims.slice(0, at)), countOf(dims.slice(at))], values));
};

const squeeze: Rule = (call) => {
  const { type, dims, values } = inputAt(call, 0);
  const given = numbersOf(call, 'axes', 1);
  const omitted = !call.inputs[1] && !given;
  if (!dims || (omitted && !isKnown(dims)) || (!omitted && !isKnown(given))) {
    return result(tensor(type, undefined));
  }
  const axes = new Set(given?.map((axis) => axisIndex(axis, dims.length)));
  const keeps = (length: Size, axis: number) => (omitted ? length !== 1 : !axes.has(axis));
  return result(tensor(type, dims.filter(keeps), values));
};

const unsqueeze: Rule = (call) => {
  const { type, dims, values } = inputAt(call, 0);
  const axes = numbersOf(call, 'axes', 1);
  if (!dims || !isKnown(axes)) return result(tensor(type, undefined));
  const rank = dims.length + axes.length;
  const added = new Set(axes.map((axis) => axisIndex(axis, rank)));
  const rest = [...dims];
  const sizes = Array.from({ length: rank }, (_, axis) => (added.has(axis) ? 1 : rest.shift()));
  return result(tensor(type, sizes, values));
};

const transpose: Rule = (call) => {
  const { type, dims } = inputAt(call, 0);
  const order = intsAttribute(call.node, 'perm') ?? dims?.map((_, axis) => axis).reverse();
  return result(tensor(type, dims && order?.map((axis) => dims[axisIndex(axis, dims.length)])));
};

const expand: Rule = (call) => {
  const { type, dims, values } = inputAt(call, 0);
  const target = inputAt(call, 1).values;
  const sizes = target && broadcast(dims, target);
  const count = countOf(sizes);
  const repeats = values?.length === 1 && count !== undefined && count <= MAX_VALUES;
  const expanded = repeats ? Array<Size>(count).fill(values[0]) : values;
  return result(tensor(type, sizes, expanded));
};

const tile: Rule = (call) => {
  const { type, dims } = inputAt(call, 0);
  const repeats = inputAt(call, 1).values;
  const sizes = repeats && dims?.map((length, axis) => product(length, repeats[axis]));
  return result(tensor(type, sizes));
};

export const RESHAPES: Readonly<Record<string, Rule>> = {
  Shape: shape,
  Size: size,
  Reshape: reshape,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Transpose: transpose,
  Expand: expand,
  Tile: tile,
};
