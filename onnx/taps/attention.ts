import { intAttribute } from '../attributes.ts';
import { describeNode, type GraphIndex } from '../graph.ts';
import type { OnnxNode } from '../model.ts';
import type { TensorFacts } from '../shapes/facts.ts';
import { operatorOf } from '../shapes/infer.ts';
import { TapError } from './errors.ts';

/** Kernels that compute the whole of attention, so that nothing inside can be reached. */
const KERNELS: ReadonlySet<string> = new Set([
  'Attention',
  ...[
    'Attention',
    'GroupQueryAttention',
    'MultiHeadAttention',
    'DecoderMaskedMultiHeadAttention',
    'PackedMultiHeadAttention',
    'PagedAttention',
    'SparseAttention',
  ].map((name) => `com.microsoft.${name}`),
]);

/** Operators between the Softmax and the product with the values. */
const PASSES_PATTERN: ReadonlySet<string> = new Set([
  ...['Cast', 'Dropout', 'Identity', 'Mul', 'Reshape', 'Where'],
]);

const MULTIPLIES: ReadonlySet<string> = new Set(['MatMul', 'com.microsoft.FusedMatMul', 'Einsum']);

/** Where a layer's attention can be reached. */
export interface AttentionSite {
  /** Before the Softmax: [rows, heads, tokens, tokens]. */
  readonly scores: string;
  /** What each head puts out: [rows, heads, tokens, width], or the same values with fewer axes. */
  readonly z: string;
  readonly heads: number;
  readonly headWidth: number;
}

export interface TrialSizes {
  readonly rows: number;
  readonly tokens: number;
}

type Facts = ReadonlyMap<string, TensorFacts>;

/** Whether tokens attend to one another in a node: other Softmaxes have other shapes. */
export function isAttention(node: OnnxNode, facts: Facts, { tokens }: TrialSizes): boolean {
  const operator = operatorOf(node);
  if (operator !== 'Softmax') return KERNELS.has(operator);
  const dims = facts.get(node.inputs[0] ?? '')?.dims;
  return !dims || (dims.length > 2 && dims.at(-2) === tokens && (dims.at(-1) ?? tokens) >= tokens);
}

/**
 * @param nodes what `isAttention` found in one layer
 * @throws TapError where a layer's attention cannot be reached
 */
export function findAttentionSite(
  nodes: readonly OnnxNode[],
  layer: number,
  index: GraphIndex,
  facts: Facts,
  sizes: TrialSizes,
): AttentionSite {
  const kernel = nodes.find((node) => operatorOf(node) !== 'Softmax');
  if (kernel) {
    const detail = `the attention of layer ${layer} is one kernel, ${describeNode(kernel)}`;
    throw new TapError('fused-attention', detail);
  }
  const fail = (detail: string): never => {
    throw new TapError('attention-layout', `in the attention of layer ${layer} ${detail}`);
  };
  const [softmax, ...others] = nodes;
  if (!softmax || others.length > 0) return fail(`there are ${nodes.length} Softmaxes`);
  const [scores = ''] = softmax.inputs;
  const dims = facts.get(scores)?.dims;
  const axis = intAttribute(softmax, 'axis') ?? -1;
  const [rows, heads, queries, keys] = dims ?? [];
  const isExpected = rows === sizes.rows && queries === sizes.tokens && keys === sizes.tokens;
  if (dims?.length !== 4 || heads === undefined || !isExpected || (axis !== -1 && axis !== 3)) {
    return fail('the scores are not [rows, heads, tokens, tokens]');
  }
  const z = findHeadOutputs(softmax, index);
  const zDims = z === undefined ? undefined : facts.get(z)?.dims;
  const headWidth = zDims?.at(-1);
  const count = zDims?.slice(0, -1).reduce<number>((product, size) => product * (size ?? NaN), 1);
  const isByHead = zDims?.at(-2) === sizes.tokens && count === rows * heads * sizes.tokens;
  if (z === undefined || headWidth === undefined || !isByHead) {
    return fail('no product with the values is [rows, heads, tokens, width]');
  }
  return { scores, z, heads, headWidth };
}

/** The first product of matrices behind the Softmax. */
function findHeadOutputs(softmax: OnnxNode, { consumers }: GraphIndex): string | undefined {
  const pending = [...softmax.outputs];
  const seen = new Set<OnnxNode>();
  for (let name = pending.shift(); name !== undefined; name = pending.shift()) {
    for (const node of consumers.get(name) ?? []) {
      if (seen.has(node)) continue;
      seen.add(node);
      if (MULTIPLIES.has(operatorOf(node))) return node.outputs[0];
      if (PASSES_PATTERN.has(operatorOf(node))) pending.push(...node.outputs);
    }
  }
  return undefined;
}
