import { intAttribute } from '../attributes.ts';
import { DATA_TYPE } from '../model.ts';
import {
  countOf,
  FLOAT_BYTES,
  inputAt,
  product,
  sum,
  result,
  tensor,
  UNKNOWN,
  type Call,
  type Dims,
  type Output,
  type Result,
  type Rule,
  type Size,
} from './facts.ts';

/** Rules of operators that are a whole layer or step: normalisations, attention, quantisation. */

/** Multiply-adds of an element in a normalisation. */
const NORMALISATION = 8;

/** As many of the given outputs as the node names. */
const several = ({ node }: Call, outputs: readonly Output[], work?: number): Result => ({
  outputs: node.outputs.map((_, index) => outputs[index] ?? UNKNOWN),
  ...(work !== undefined && { work }),
});

/** The sum that fused norms put out is the fourth output; the second and third are statistics. */
const normalisation: Rule = (call) => {
  const { type, dims } = inputAt(call, 0);
  const axis = intAttribute(call.node, 'axis') ?? -1;
  const from = dims && (axis < 0 ? axis + dims.length : axis);
  const statistics = tensor(
    DATA_TYPE.float32,
    dims?.map((length, at) => (at < (from ?? 0) ? length : 1)),
  );
  const whole = tensor(type, dims);
  return several(
    call,
    [whole, statistics, statistics, whole],
    product(countOf(dims), NORMALISATION),
  );
};

/** Same shape as the first input. */
const same: Rule = (call) => {
  const { type, dims } = inputAt(call, 0);
  return result(tensor(type, dims), product(countOf(dims), NORMALISATION));
};

const dropout: Rule = (call) => {
  const { type, dims } = inputAt(call, 0);
  return several(call, [tensor(type, dims), tensor(DATA_TYPE.bool, dims)]);
};

/**
 * com.microsoft GroupQueryAttention: query [B, T, H * K], key [B, T, G * K], past [B, G, P, K]. The
 * query of a packed input has all three side by side. How many keys there are is a value (input 6).
 */
const groupQueryAttention: Rule = (call) => {
  const query = inputAt(call, 0);
  const past = inputAt(call, 3);
  const heads = intAttribute(call.node, 'num_heads');
  const keyHeads = intAttribute(call.node, 'kv_num_heads');
  const width = query.dims?.[2];
  const isPacked = !call.inputs[1];
  const allHeads = isPacked ? sum(heads, product(2, keyHeads)) : heads;
  const headWidth = width !== undefined && allHeads ? width / allHeads : undefined;
  const [rows, length] = query.dims ?? [];
  const pastLength = call.inputs[3] ? past.dims?.[2] : 0;
  const total = inputAt(call, 6).values?.[0];
  const keys =
    pastLength === undefined || total === undefined ? undefined : Math.max(pastLength, total);
  const present = tensor(past.type ?? query.type, [rows, keyHeads, keys, headWidth]);
  const output = tensor(query.type, [rows, length, product(heads, headWidth)]);
  return attentionResult(call, [output, present, present], [rows, heads, length, keys]);
};

/** com.microsoft MultiHeadAttention: query [B, T, H * K], key [B, S, H * K], value [B, S, W]. */
const multiHeadAttention: Rule = (call) => {
  const query = inputAt(call, 0);
  const value = inputAt(call, 2);
  const heads = intAttribute(call.node, 'num_heads');
  if (query.dims?.length !== 3 || value.dims?.length !== 3) return several(call, []);
  const [rows, length, width] = query.dims;
  const [, valueLength, valueWidth] = value.dims;
  const keys = call.inputs[6] ? sum(inputAt(call, 6).dims?.[2], valueLength) : valueLength;
  const present = (wide: Size) => {
    const headWidth = wide !== undefined && heads ? wide / heads : undefined;
    return tensor(query.type, [rows, heads, keys, headWidth]);
  };
  const output = tensor(query.type, [rows, length, valueWidth]);
  const outputs = [output, present(width), present(valueWidth)];
  return attentionResult(call, outputs, [rows, heads, length, keys]);
};

/** Attention of ONNX 23: query [B, H, T, K], key [B, G, S, K], value [B, G, S, W]. */
const attention: Rule = (call) => {
  const query = inputAt(call, 0);
  const [key, value] = [inputAt(call, 1), inputAt(call, 2)];
  if (query.dims?.length !== 4) return several(call, []);
  const output = tensor(query.type, [...query.dims.slice(0, 3), value.dims?.[3]]);
  const pastLength = call.inputs[4] ? inputAt(call, 4).dims?.[2] : 0;
  const keys = sum(pastLength, key.dims?.[2]);
  const present = ({ type, dims }: Output) =>
    tensor(type, dims && [dims[0], dims[1], keys, dims[3]]);
  const scores = [...query.dims.slice(0, 3), keys];
  return attentionResult(call, [output, present(key), present(value)], scores);
};

/** @param scores [rows, heads, queries, keys], which the kernel holds */
function attentionResult(call: Call, outputs: readonly Output[], scores: Dims): Result {
  const work = product(2, product(countOf(outputs[0]?.dims), scores[3]));
  return { ...several(call, outputs, work), scratchBytes: product(FLOAT_BYTES, countOf(scores)) };
}

const dynamicQuantize: Rule = (call) => {
  const { dims } = inputAt(call, 0);
  const { uint8, float32 } = DATA_TYPE;
  return several(call, [tensor(uint8, dims), tensor(float32, []), tensor(uint8, [])]);
};

const quantize: Rule = (call) => {
  const { dims } = inputAt(call, 0);
  return result(tensor(call.inputs[2]?.type ?? DATA_TYPE.uint8, dims));
};

/** com.microsoft: rows of a table in blocks of few bits, two values in a byte. */
const gatherBlockQuantized: Rule = (call) => {
  const { type, dims } = inputAt(call, 0);
  const indices = inputAt(call, 1).dims;
  const axis = intAttribute(call.node, 'gather_axis') ?? 0;
  if (!dims || !indices || axis !== 0) return result(UNKNOWN);
  const inByte = type === DATA_TYPE.uint8 ? 8 / (intAttribute(call.node, 'bits') ?? 4) : 1;
  const sizes = [...indices, ...dims.slice(1, -1), product(dims.at(-1), inByte)];
  return result(tensor(inputAt(call, 2).type, sizes), countOf(sizes));
};

const dequantize: Rule = (call) => result(tensor(inputAt(call, 1).type, inputAt(call, 0).dims));

export const LAYERS: Readonly<Record<string, Rule>> = {
  ...Object.fromEntries(
    [
      ...['LayerNormalization', 'SimplifiedLayerNormalization', 'RMSNormalization'],
      'com.microsoft.SkipLayerNormalization',
      'com.microsoft.SkipSimplifiedLayerNormalization',
    ].map((opType) => [opType, normalisation]),
  ),
  ...Object.fromEntries(
    [
      ...['BatchNormalization', 'InstanceNormalization', 'GroupNormalization'],
      ...['RotaryEmbedding', 'com.microsoft.RotaryEmbedding'],
    ].map((opType) => [opType, same]),
  ),
  Dropout: dropout,
  'com.microsoft.GroupQueryAttention': groupQueryAttention,
  'com.microsoft.MultiHeadAttention': multiHeadAttention,
  Attention: attention,
  'com.microsoft.GatherBlockQuantized': gatherBlockQuantized,
  DynamicQuantizeLinear: dynamicQuantize,
  QuantizeLinear: quantize,
  DequantizeLinear: dequantize,
  'com.microsoft.QuantizeLinear': quantize,
  'com.microsoft.DequantizeLinear': dequantize,
};
