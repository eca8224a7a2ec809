import { Float16Array } from '@petamoriken/float16';
import type { ModelSignature } from '../onnx/signature.ts';
import type { FreeSize, SignatureInput } from '../onnx/signature-inputs.ts';
import type { Batch } from '../task/batch.ts';
import { TOKEN_COUNT } from '../task/tokens.ts';
import { elementCount, inputShape, inputSpecs } from './model-inputs.ts';

/**
 * The runs of a session that answer one batch. A model of this project takes the batch as it is, in one run.
 * A plain decoder has no mask input, so it cannot hold several questions in a row: each question gets a row
 * of its own, with the tokens that its answer may attend to.
 */

/** The part of a signature that is needed to run the model. */
export type RunSignature = Pick<ModelSignature, 'kind' | 'inputs' | 'logits' | 'vocabulary'>;

/**
 * The signature of the models that the trainer here exports.
 *
 * @param featureWidth F, the width of patch features; 0 for a model that only reads text
 */
export function trainedSignature(featureWidth: number): RunSignature {
  const roles: Readonly<Record<string, SignatureInput['role']>> = {
    tokens: 'tokens',
    positions: 'positions',
    attention_bias: 'attention-bias',
    answer_index: 'answer-index',
    patch_features: 'patch-features',
  };
  const sizes: Readonly<Record<string, FreeSize>> = {
    batch: 'rows',
    length: 'tokens',
    answers: 'answers',
  };
  return {
    kind: 'bindscope',
    vocabulary: TOKEN_COUNT,
    logits: { name: 'logits', type: 'float32', at: 'answers' },
    inputs: Object.entries(inputSpecs(featureWidth)).map(([name, { type, shape }]) => ({
      name,
      role: roles[name] ?? 'tokens',
      type,
      dims: shape.map((size) => (typeof size === 'number' ? size : (sizes[size] ?? 'rows'))),
    })),
  };
}

/** A token of a batch: its row, and its index in the row. */
export interface BatchToken {
  readonly row: number;
  readonly token: number;
}

/** An input of a session, before it is a tensor of one runtime. */
export interface Feed {
  readonly type: 'int32' | 'int64' | 'float32' | 'float16' | 'bool';
  readonly data: Int32Array | BigInt64Array | Float32Array | Uint16Array | Uint8Array;
  readonly dims: readonly number[];
}

export interface SessionRun {
  readonly rows: number;
  /** Tokens in each row. */
  readonly tokens: number;
  readonly feeds: Readonly<Record<string, Feed>>;
  /** The indices of the batch's answers that this run computes, in the order of its rows. */
  readonly answers: readonly number[];
  /** The positions of a batch's token in this run: none, one, or one per question that reads it. */
  locate(token: BatchToken): readonly BatchToken[];
}

/** Bounds the memory of one run of a decoder: its logits are [rows, tokens, V]. */
const MAX_DECODER_ROWS = 32;

/**
 * @throws RangeError where the batch needs an input that the model does not have: gaps between positions
 *   without `position_ids`, or pictures
 */
export function planRuns(batch: Batch, signature: RunSignature): SessionRun[] {
  return signature.kind === 'bindscope'
    ? [wholeBatch(batch, signature)]
    : decoderRuns(batch, signature);
}

function wholeBatch(batch: Batch, { inputs }: RunSignature): SessionRun {
  const featureWidth = Number(
    inputs.find(({ role }) => role === 'patch-features')?.dims.at(-1) ?? 0,
  );
  const feeds = Object.entries(inputSpecs(featureWidth)).map(([name, spec]): [string, Feed] => {
    const dims = inputShape(spec, batch);
    // Zeros for a batch without pictures.
    const data = spec.read(batch) ?? new Float32Array(elementCount(dims));
    return [name, { type: spec.type, data, dims }];
  });
  return {
    rows: batch.rows,
    tokens: batch.length,
    feeds: Object.fromEntries(feeds),
    answers: Array.from(batch.answerIndex, (_, answer) => answer),
    locate: (token) => [token],
  };
}

/** One question as a row of its own. */
interface QuestionRow {
  readonly answer: number;
  /** Its row in the batch. */
  readonly row: number;
  /** The indices in that row of the tokens that it can read, its last token last. */
  readonly visible: readonly number[];
}

function decoderRuns(batch: Batch, signature: RunSignature): SessionRun[] {
  if (batch.patchFeatures) throw new RangeError('a decoder of text cannot read pictures');
  const rows = Array.from(batch.answerIndex, (at, answer): QuestionRow => {
    const row = Math.floor(at / batch.length);
    const last = at % batch.length;
    const bias = batch.attentionBias.subarray(at * batch.length, at * batch.length + last + 1);
    const visible = [...bias.keys()].filter((token) => bias[token] === 0);
    return { answer, row, visible };
  });
  const isSingle = signature.inputs.some(({ dims }) => dims[0] === 1);
  const maxRows = isSingle ? 1 : MAX_DECODER_ROWS;
  // Rows of one length need no padding, so the last token has the same index in each.
  const byLength = new Map<number, QuestionRow[]>();
  for (const row of rows) {
    const { length } = row.visible;
    byLength.set(length, [...(byLength.get(length) ?? []), row]);
  }
  return [...byLength.values()].flatMap((group) =>
    Array.from({ length: Math.ceil(group.length / maxRows) }, (_, chunk) =>
      decoderRun(batch, signature, group.slice(chunk * maxRows, (chunk + 1) * maxRows)),
    ),
  );
}

function decoderRun(
  batch: Batch,
  { inputs }: RunSignature,
  questions: readonly QuestionRow[],
): SessionRun {
  const tokens = questions[0]?.visible.length ?? 0;
  const gather = (source: Int32Array) =>
    questions.flatMap(({ row, visible }) =>
      visible.map((token) => source[row * batch.length + token] ?? 0),
    );
  const positions = gather(batch.positions);
  const hasPositions = inputs.some(({ role }) => role === 'positions');
  if (!hasPositions && positions.some((position, at) => position !== at % tokens)) {
    throw new RangeError('the model has no position_ids, so positions cannot have gaps');
  }
  const values: Readonly<Partial<Record<SignatureInput['role'], readonly number[]>>> = {
    tokens: gather(batch.tokens),
    positions,
    'attention-mask': positions.map(() => 1),
    cache: [],
  };
  const sizes = { rows: questions.length, tokens, answers: questions.length };
  const feeds = inputs.map(({ name, role, type, dims }): [string, Feed] => {
    const shape = dims.map((size) => (typeof size === 'number' ? size : sizes[size]));
    const once = values[role] ?? [];
    const planes = once.length > 0 ? elementCount(shape) / once.length : 1;
    const all = Array.from({ length: planes }, () => once).flat();
    return [name, toFeed(type, all, shape)];
  });
  const indices = questions.map(({ visible }) => new Map(visible.map((token, at) => [token, at])));
  return {
    rows: questions.length,
    tokens,
    feeds: Object.fromEntries(feeds),
    answers: questions.map(({ answer }) => answer),
    locate: ({ row, token }) =>
      questions.flatMap((question, at) => {
        const index = question.row === row ? indices[at]?.get(token) : undefined;
        return index === undefined ? [] : [{ row: at, token: index }];
      }),
  };
}

function toFeed(
  type: SignatureInput['type'],
  values: readonly number[],
  dims: readonly number[],
): Feed {
  switch (type) {
    case 'int64':
      return { type, data: BigInt64Array.from(values, BigInt), dims };
    case 'int32':
      return { type, data: Int32Array.from(values), dims };
    case 'bool':
      return { type, data: Uint8Array.from(values), dims };
    case 'float16':
      // Only caches have this type, and they have no values.
      return { type, data: new Uint16Array(values.length), dims };
    default:
      return { type: 'float32', data: Float32Array.from(values), dims };
  }
}

/** The outputs of a session, by name. */
export type SessionOutputs = Readonly<
  Record<string, { readonly data: unknown; readonly dims: readonly number[] } | undefined>
>;

/**
 * The logits of a run's answers.
 *
 * @returns [answers of the run, V]
 * @throws TypeError where the output is missing or has another shape than the signature says
 */
export function readLogits(
  outputs: SessionOutputs,
  { logits, vocabulary }: RunSignature,
  run: SessionRun,
): Float32Array {
  const values = floatOutput(outputs, logits.name);
  if (logits.at !== 'every-token') {
    requireLength(values, run.answers.length * vocabulary, logits.name);
    return values;
  }
  requireLength(values, run.rows * run.tokens * vocabulary, logits.name);
  const answers = new Float32Array(run.rows * vocabulary);
  for (let row = 0; row < run.rows; row++) {
    const start = ((row + 1) * run.tokens - 1) * vocabulary;
    answers.set(values.subarray(start, start + vocabulary), row * vocabulary);
  }
  return answers;
}

/**
 * The data of an output of floats.
 *
 * @throws TypeError where there is no such output, or its elements are of another type
 */
export function floatOutput(outputs: SessionOutputs, name: string): Float32Array {
  const data = outputs[name]?.data;
  if (data instanceof Float32Array) return data;
  // Runtimes return float16 as bits, or as a native Float16Array where the engine has one.
  if (data instanceof Uint16Array)
    return Float32Array.from(new Float16Array(data.buffer, data.byteOffset, data.length));
  if (ArrayBuffer.isView(data) && 'length' in data && /Float16/.test(data.constructor.name)) {
    return Float32Array.from(data as unknown as ArrayLike<number>);
  }
  throw new TypeError(`the graph has no output "${name}" of float32 or float16`);
}

function requireLength(values: Float32Array, wanted: number, name: string): void {
  if (values.length === wanted) return;
  throw new TypeError(`the output "${name}" has ${values.length} values instead of ${wanted}`);
}
