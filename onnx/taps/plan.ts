import { makeNode } from '../build.ts';
import { DATA_TYPE, type OnnxGraph, type OnnxModel } from '../model.ts';
import { inferShapes, opsetOf, type Inference } from '../shapes/infer.ts';
import { inputDimsOf, quantisesActivations, type ModelSignature } from '../signature.ts';
import { tokenEmbeddings } from '../token-embedding.ts';
import { findAttentionSite, isAttention, type AttentionSite } from './attention.ts';
import { TapError } from './errors.ts';
import { findResidualStream } from './residual-stream.ts';
import { unfuseSkipNorms } from './unfuse.ts';

/** Where a model's activations can be read and patched. */
export interface TapPlan {
  readonly layers: number;
  /** D, the width of the residual stream. */
  readonly width: number;
  /** One a layer; or why heads and attention cannot be reached, though the residual stream can. */
  readonly attention: readonly AttentionSite[] | TapError;
  /** The tensors of the stream: before each layer, and after the last. */
  readonly residuals: readonly string[];
  /** The model, its fused norms split. */
  readonly model: OnnxModel;
  readonly inference: Inference;
}

/** Shapes to try a graph with: different primes, so that an axis shows where it comes from. */
const TRIAL = { rows: 2, tokens: 7, answers: 3 };

/** The first operator set with ScatterND, and with negative axes everywhere. */
const MIN_OPSET = 11;

/**
 * @throws TapError where the residual stream cannot be reached
 */
export function planTaps(
  original: OnnxModel,
  { inputs, logits }: Pick<ModelSignature, 'inputs' | 'logits'>,
): TapPlan {
  const opset = opsetOf(original);
  if (opset < MIN_OPSET) {
    const detail = `the model uses operator set ${opset}; taps need ${MIN_OPSET} or later`;
    throw new TapError('operator-set', detail);
  }
  if (quantisesActivations(original)) {
    throw new TapError(
      'quantised-activations',
      'the model rounds activations by scales that span all tokens (dynamic int8), so that a patch at one token changes the others',
    );
  }
  const tokens = inputs.find(({ role }) => role === 'tokens' || role === 'embeddings');
  const unfused = unfuseSkipNorms(original.graph);
  const embeddings = tokens?.role === 'embeddings' ? tokens.name : undefined;
  const graph = embeddings === undefined ? unfused : copyInput(unfused, embeddings);
  const model = { ...original, graph };
  const inference = inferShapes(model, inputDimsOf(inputs, TRIAL));
  const { index, facts } = inference;
  const embedding =
    embeddings === undefined
      ? (tokenEmbeddings(index, tokens?.name ?? '')[0] ?? '')
      : copyOf(embeddings);
  const sizes = { ...TRIAL, rows: inputs.find(({ dims }) => dims[0] === 1) ? 1 : TRIAL.rows };
  const stream = findResidualStream(index, embedding, logits.name, (node) =>
    isAttention(node, facts, sizes),
  );
  const residuals = [...stream.layers.map((layer) => layer.stream), stream.final];
  const width = streamWidth(residuals, inference, sizes);
  const attention = attempt(() =>
    stream.layers.map((layer, number) =>
      findAttentionSite(layer.attention, number, index, facts, sizes),
    ),
  );
  return { layers: stream.layers.length, width, attention, residuals, model, inference };
}

const copyOf = (input: string) => `${input}.stream`;

/** Lets the graph use a copy of an input: a patch can only change the output of a node. */
function copyInput(graph: OnnxGraph, input: string): OnnxGraph {
  const renamed = graph.nodes.map((node) => ({
    ...node,
    inputs: node.inputs.map((name) => (name === input ? copyOf(input) : name)),
  }));
  return { ...graph, nodes: [makeNode('Identity', [input], [copyOf(input)]), ...renamed] };
}

function attempt<T>(find: () => T): T | TapError {
  try {
    return find();
  } catch (error) {
    if (error instanceof TapError) return error;
    throw error;
  }
}

/** D of [rows * tokens, D] or [rows, tokens, D], of float32 or a shorter float. */
function streamWidth(
  residuals: readonly string[],
  { facts }: Inference,
  { rows, tokens }: typeof TRIAL,
): number {
  const widths = residuals.map((name) => {
    const { dims, type } = facts.get(name) ?? {};
    const before = dims?.slice(0, -1).join();
    const fits = before === String(rows * tokens) || before === [rows, tokens].join();
    if (!fits || !isFloat(type)) {
      const shown = dims?.map((size) => size ?? '?').join(', ') ?? '?';
      const detail = `the residual stream "${name}" is [${shown}], not [rows, tokens, width] of floats`;
      throw new TapError('stream-layout', detail);
    }
    return dims?.at(-1);
  });
  const [width] = widths;
  if (width === undefined || widths.some((other) => other !== width)) {
    throw new TapError(
      'stream-layout',
      'the residual stream has not the same width at every layer',
    );
  }
  return width;
}

const isFloat = (type: number | undefined) =>
  type === DATA_TYPE.float32 || type === DATA_TYPE.float16 || type === DATA_TYPE.bfloat16;
