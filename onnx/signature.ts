import { subgraphsOf } from './attributes.ts';
import { OnnxError } from './errors.ts';
import type { OnnxModel, OnnxNode, OnnxValueInfo } from './model.ts';
import { inferShapes, operatorOf, type Inference, type InputDims } from './shapes/infer.ts';
import {
  DECODER_INPUTS,
  EMBEDDED_INPUTS,
  matchInput,
  OWN_INPUTS,
  type FreeSize,
  type SignatureInput,
} from './signature-inputs.ts';
import { dataTypeName, externalLocations, tensorBytes } from './tensor-data.ts';
import { embeddingTensors } from './token-embedding.ts';
import { allNodes, allTensors } from './walk.ts';

/** Which kind of model a file is, and how it is fed: read from the file alone. */
export interface ModelSignature {
  /** `bindscope`: inputs as its own trainer writes them. `decoder`: `input_ids` and what goes with it. */
  readonly kind: 'bindscope' | 'decoder';
  readonly inputs: readonly SignatureInput[];
  readonly logits: {
    readonly name: string;
    readonly type: string;
    /** [answers, V], [rows, tokens, V], or one of [rows, 1, V] and [rows, V]. */
    readonly at: 'answers' | 'every-token' | 'last-token';
  };
  /** V, the number of logits. */
  readonly vocabulary: number;
  /** The type that most bytes of weights have. */
  readonly weightType: string;
  /** Activations are rounded by scales that span a sequence, so tokens depend on later ones. */
  readonly quantisesActivations: boolean;
  /** Heads and width of cached keys; null without inputs for them. */
  readonly cache: {
    readonly layers: number;
    readonly heads: number;
    readonly width: number;
  } | null;
  /** Names of other files that hold weights. */
  readonly externalFiles: readonly string[];
}

export interface UnservableReason {
  readonly code:
    | 'embeddings-input'
    | 'malformed'
    | 'merged-decoder'
    | 'no-logits'
    | 'no-token-input'
    | 'several-embeddings'
    | 'unusable-input';
  /** Names the input or tensor. */
  readonly message: string;
}

export type SignatureResult =
  | { readonly signature: ModelSignature; readonly reasons: readonly [] }
  | { readonly signature: null; readonly reasons: readonly UnservableReason[] };

/** Shapes to try a graph with: different primes, so that an axis shows where it comes from. */
const TRIAL: Readonly<Record<FreeSize, number>> = { rows: 2, tokens: 7, answers: 3 };

export interface SignatureOptions {
  /** Whether the model may have `inputs_embeds` instead of `input_ids`: another file embeds the tokens. */
  readonly embeddings?: boolean;
}

/** @returns how the model is fed and what it gives, or every reason why it cannot be served */
export function readSignature(
  model: OnnxModel,
  { embeddings: acceptsEmbeddings = false }: SignatureOptions = {},
): SignatureResult {
  const reasons: UnservableReason[] = [];
  const refuse = (code: UnservableReason['code'], message: string): void => {
    reasons.push({ code, message });
  };
  const fed = fedInputs(model);
  const isOwn = fed.some(({ name }) => name === 'tokens' || name === 'answer_index');
  const rules = isOwn
    ? OWN_INPUTS
    : [...DECODER_INPUTS, ...(acceptsEmbeddings ? EMBEDDED_INPUTS : [])];
  const inputs: SignatureInput[] = [];
  for (const input of fed) {
    const matched = matchInput(input, rules);
    if (typeof matched !== 'string') inputs.push(matched);
    else if (input.name === 'inputs_embeds') {
      refuse('embeddings-input', 'it takes embeddings (inputs_embeds) instead of token ids');
    } else refuse('unusable-input', matched);
  }
  const merged = [...allNodes(model.graph)].find(isMergedDecoder);
  if (merged) refuse('merged-decoder', 'it is two decoders in one: an If with attention inside');
  const tokens = inputs.find(({ role }) => role === 'tokens' || role === 'embeddings');
  if (!tokens && reasons.length === 0) {
    refuse('no-token-input', 'it has no input input_ids [rows, tokens]');
  }
  if (!tokens || reasons.length > 0) return { signature: null, reasons };
  try {
    const inference = inferShapes(model, inputDimsOf(inputs, TRIAL));
    const embeddings = embeddingTensors(inference.index, tokens);
    if (embeddings.length !== 1) {
      const which = embeddings.map((name) => `"${name}"`).join(', ');
      refuse(
        'several-embeddings',
        `token ids must be looked up in one table; here in ${embeddings.length} ${which}`.trimEnd(),
      );
    }
    const logits = findLogits(model, inference);
    if (!logits) {
      refuse('no-logits', 'no output has logits: [rows, tokens, V], [rows, 1, V] or [rows, V]');
    }
    if (!logits || reasons.length > 0) return { signature: null, reasons };
    return {
      signature: {
        kind: isOwn ? 'bindscope' : 'decoder',
        inputs,
        ...logits,
        ...weightsOf(model),
        cache: cacheOf(inputs),
      },
      reasons: [],
    };
  } catch (error) {
    if (!(error instanceof OnnxError)) throw error;
    return { signature: null, reasons: [{ code: 'malformed', message: error.message }] };
  }
}

/** Inputs that are not weights. */
function fedInputs({ graph }: OnnxModel): OnnxValueInfo[] {
  const weights = new Set(graph.initializers.map(({ name }) => name));
  return graph.inputs.filter(({ name }) => !weights.has(name));
}

/** The shapes of a batch of so many rows and tokens, for `boundModel` and `inferShapes`. */
export const inputDimsOf = (
  inputs: readonly SignatureInput[],
  sizes: Readonly<Record<FreeSize, number>>,
): InputDims =>
  Object.fromEntries(
    inputs.map(({ name, dims }) => [
      name,
      dims.map((size) => (typeof size === 'number' ? size : sizes[size])),
    ]),
  );

const ATTENTION: ReadonlySet<string> = new Set([
  'Softmax',
  'Attention',
  'com.microsoft.GroupQueryAttention',
  'com.microsoft.MultiHeadAttention',
]);

/** Optimum's "merged" decoders: one branch without, one with cached keys. */
const isMergedDecoder = (node: OnnxNode): boolean =>
  node.opType === 'If' &&
  subgraphsOf(node).some((graph) =>
    [...allNodes(graph)].some((inner) => ATTENTION.has(operatorOf(inner))),
  );

function findLogits(
  { graph }: OnnxModel,
  { facts }: Inference,
): Pick<ModelSignature, 'logits' | 'vocabulary'> | undefined {
  const output = graph.outputs.find(({ name }) => name === 'logits') ?? graph.outputs[0];
  const known = output && facts.get(output.name);
  const vocabulary = known?.dims?.at(-1);
  const { rows, tokens, answers } = TRIAL;
  const shapes = {
    'every-token': [
      [rows, tokens],
      [1, tokens],
    ],
    'last-token': [[rows, 1], [1, 1], [rows], [1]],
    answers: [[answers]],
  } as const;
  const before = known?.dims?.slice(0, -1).join();
  for (const [at, candidates] of Object.entries(shapes)) {
    if (!output || !vocabulary || !candidates.some((dims) => dims.join() === before)) continue;
    const type = dataTypeName(known?.type ?? 0);
    return { vocabulary, logits: { name: output.name, type, at: at as keyof typeof shapes } };
  }
  return undefined;
}

function weightsOf(
  model: OnnxModel,
): Pick<ModelSignature, 'weightType' | 'quantisesActivations' | 'externalFiles'> {
  const files = new Set<string>();
  const bytes = new Map<string, number>();
  for (const tensor of allTensors(model.graph)) {
    for (const location of externalLocations(tensor)) files.add(location);
    const type = dataTypeName(tensor.dataType);
    bytes.set(type, (bytes.get(type) ?? 0) + (tensorBytes(tensor.dataType, tensor.dims) ?? 0));
  }
  const [largest] = [...bytes].sort(([, a], [, b]) => b - a);
  return {
    weightType: largest?.[0] ?? 'none',
    quantisesActivations: quantisesActivations(model),
    externalFiles: [...files],
  };
}

const DYNAMIC_QUANTISATION: ReadonlySet<string> = new Set([
  'DynamicQuantizeLinear',
  'MatMulInteger',
  'com.microsoft.DynamicQuantizeMatMul',
  'com.microsoft.MatMulIntegerToFloat',
]);

export const quantisesActivations = ({ graph }: OnnxModel): boolean =>
  [...allNodes(graph)].some((node) => DYNAMIC_QUANTISATION.has(operatorOf(node)));

function cacheOf(inputs: readonly SignatureInput[]): ModelSignature['cache'] {
  const caches = inputs.filter(({ role }) => role === 'cache');
  const [, heads, , width] = caches[0]?.dims ?? [];
  if (typeof heads !== 'number' || typeof width !== 'number') return null;
  return { layers: caches.length / 2, heads, width };
}
