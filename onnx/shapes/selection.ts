import { intAttribute, intsAttribute, stringAttribute } from '../attributes.ts';
import { DATA_TYPE } from '../model.ts';
import {
  axisIndex,
  countOf,
  inputAt,
  isKnown,
  numbersOf,
  product,
  result,
  sum,
  tensor,
  unknownDims,
  type Dims,
  type Rule,
  type Size,
} from './facts.ts';

/** Rules of operators that join, cut, select or enlarge tensors. */

const concat: Rule = (call) => {
  const parts = call.inputs.map((_, index) => inputAt(call, index));
  const [first] = parts;
  if (!first?.dims || parts.some(({ dims }) => dims?.length !== first.dims?.length)) {
    return result(tensor(first?.type, undefined));
  }
  const axis = axisIndex(intAttribute(call.node, 'axis') ?? 0, first.dims.length);
  const sizes = first.dims.map((length, at) =>
    at === axis
      ? parts.map(({ dims }) => dims?.[axis]).reduce(sum)
      : (parts.map(({ dims }) => dims?.[at]).find((known) => known !== undefined) ?? length),
  );
  const joined = first.dims.length === 1 && parts.every(({ values }) => values);
  const values = joined ? parts.flatMap((part) => part.values ?? []) : undefined;
  return result(tensor(first.type, sizes, values));
};

const split: Rule = (call) => {
  const { type, dims } = inputAt(call, 0);
  const outputs = call.node.outputs.length;
  const given = numbersOf(call, 'split', 1);
  const equally = !call.inputs[1] && !given;
  const axis = dims && axisIndex(intAttribute(call.node, 'axis') ?? 0, dims.length);
  return {
    outputs: call.node.outputs.map((_, index) => {
      const length = axis === undefined ? undefined : dims?.[axis];
      const equal = length !== undefined ? Math.ceil(length / outputs) : undefined;
      // The last part may be shorter.
      const last =
        equal !== undefined && length !== undefined ? length - equal * (outputs - 1) : undefined;
      const part = equally ? (index === outputs - 1 ? last : equal) : given?.[index];
      return tensor(
        type,
        dims?.map((whole, at) => (at === axis ? part : whole)),
      );
    }),
  };
};

const slice: Rule = (call) => {
  const { type, dims, values } = inputAt(call, 0);
  const starts = numbersOf(call, 'starts', 1);
  const ends = numbersOf(call, 'ends', 2);
  const axes = numbersOf(call, 'axes', 3) ?? starts?.map((_, axis) => axis);
  const steps = numbersOf(call, 'steps', 4) ?? starts?.map(() => 1);
  if (!dims || (call.inputs[3] && !axes) || (call.inputs[4] && !steps)) {
    return result(tensor(type, undefined));
  }
  if (!axes || !isKnown(axes)) return result(tensor(type, unknownDims(dims.length)));
  const sizes = [...dims];
  let kept = dims.length === 1 ? values : undefined;
  axes.forEach((given, index) => {
    const axis = axisIndex(given, dims.length);
    const indices = slicedIndices(dims[axis], starts?.[index], ends?.[index], steps?.[index]);
    sizes[axis] = indices?.count;
    kept = indices && pick(kept, indices);
  });
  return result(tensor(type, sizes, kept));
};

interface Progression {
  readonly first: number;
  readonly step: number;
  readonly count: number;
}

const pick = (values: Dims | undefined, { first, step, count }: Progression): Dims | undefined =>
  values && Array.from({ length: count }, (_, index) => values[first + step * index]);

function slicedIndices(length: Size, start: Size, end: Size, step: Size): Progression | undefined {
  if (length === undefined || start === undefined || end === undefined) return undefined;
  if (step === undefined || step === 0) return undefined;
  const place = (at: number, least: number, most: number) =>
    Math.min(Math.max(at < 0 ? at + length : at, least), most);
  const [first, last] =
    step > 0
      ? [place(start, 0, length), place(end, 0, length)]
      : [place(start, 0, length - 1), place(end, -1, length - 1)];
  return { first, step, count: Math.max(0, Math.ceil((last - first) / step)) };
}

const gather: Rule = (call) => {
  const data = inputAt(call, 0);
  const indices = inputAt(call, 1);
  if (!data.dims || !indices.dims) return result(tensor(data.type, undefined));
  const axis = axisIndex(intAttribute(call.node, 'axis') ?? 0, data.dims.length);
  const sizes = [...data.dims.slice(0, axis), ...indices.dims, ...data.dims.slice(axis + 1)];
  const { values, dims } = data;
  const length = dims[0];
  const gathered =
    dims.length === 1 && values && length !== undefined
      ? indices.values?.map((index) =>
          index === undefined ? undefined : values[index < 0 ? index + length : index],
        )
      : undefined;
  // Only what is gathered is read.
  return result(tensor(data.type, sizes, gathered), countOf(sizes));
};

/** The shape of the indices. */
const gatherElements: Rule = (call) => result(tensor(inputAt(call, 0).type, inputAt(call, 1).dims));

const gatherNd: Rule = (call) => {
  const data = inputAt(call, 0);
  const indices = inputAt(call, 1);
  const depth = indices.dims?.at(-1);
  const batch = intAttribute(call.node, 'batch_dims') ?? 0;
  const known = data.dims && indices.dims && depth !== undefined;
  const sizes = known
    ? [...indices.dims.slice(0, -1), ...data.dims.slice(batch + depth)]
    : undefined;
  return result(tensor(data.type, sizes), countOf(sizes));
};
const pad: Rule = (call) => {
  const { type, dims } = inputAt(call, 0);
  const pads = numbersOf(call, 'pads', 1);
  const axes = numbersOf(call, 'axes', 3);
  if (!dims || (call.inputs[3] && !isKnown(axes))) return result(tensor(type, undefined));
  const padded =
    axes?.map((axis) => axisIndex(axis ?? 0, dims.length)) ?? dims.map((_, axis) => axis);
  const sizes = [...dims];
  padded.forEach((axis, index) => {
    sizes[axis] = sum(sizes[axis], sum(pads?.[index], pads?.[index + padded.length]));
  });
  return result(tensor(type, sizes));
};

/** Sizes or scales as constants; with neither known, unknown. */
const resize: Rule = (call) => {
  const { type, dims } = inputAt(call, 0);
  const scales = inputAt(call, call.node.opType === 'Upsample' || call.opset < 11 ? 1 : 2).values;
  const target = inputAt(call, 3).values;
  const isPartial = intsAttribute(call.node, 'axes') !== undefined;
  const isPlain =
    (stringAttribute(call.node, 'keep_aspect_ratio_policy') ?? 'stretch') === 'stretch';
  if (!dims || isPartial || !isPlain) return result(tensor(type, undefined));
  if (target?.length === dims.length) return result(tensor(type, target));
  const sizes = dims.map((length, axis) => {
    const scaled = product(length, scales?.[axis]);
    // Rounding may differ where float32 cannot hold the product.
    return scaled === Math.fround(scaled ?? 0) ? Math.floor(scaled) : undefined;
  });
  return result(tensor(type, sizes));
};

/** As many rows as there are axes; how many columns depends on the values. */
const nonZero: Rule = (call) => {
  const { dims, values } = inputAt(call, 0);
  const found =
    values && isKnown(values) ? values.filter((value) => value !== 0).length : undefined;
  // Of a list of ones, as old exporters write 0 .. n - 1.
  const indices =
    dims?.length === 1 && found === values?.length ? values?.map((_, index) => index) : undefined;
  return result(tensor(DATA_TYPE.int64, [dims && Math.max(1, dims.length), found], indices));
};

const topK: Rule = (call) => {
  const { type, dims } = inputAt(call, 0);
  const k = call.inputs[1] ? call.inputs[1].values?.[0] : intAttribute(call.node, 'k');
  const axis = dims && axisIndex(intAttribute(call.node, 'axis') ?? -1, dims.length);
  const sizes = dims?.map((length, at) => (at === axis ? k : length));
  return { outputs: [tensor(type, sizes), tensor(DATA_TYPE.int64, sizes)] };
};

export const SELECTION: Readonly<Record<string, Rule>> = {
  Concat: concat,
  Split: split,
  Slice: slice,
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherNd,
  Pad: pad,
  Resize: resize,
  Upsample: resize,
  NonZero: nonZero,
  TopK: topK,
};
