import type { InferenceSession, Tensor } from 'onnxruntime-common';
import type { ModelSignature } from '../onnx/signature.ts';
import { deepstackNames, type SignatureInput } from '../onnx/signature-inputs.ts';
import { hookFeeds, type ResidualPatch } from '../onnx/taps/feeds.ts';
import { ANSWER_ROWS, residualHook } from '../onnx/taps/hooks.ts';
import type { TappedModel } from '../onnx/taps/tap-model.ts';
import { elementAt } from '../task/element-at.ts';
import { isSamePrefix, type Prompt } from './prompt.ts';
import { integers, placePicture, tiled, zeros } from './prompt-tensors.ts';
import { floatOutput, type Feed } from './session-runs.ts';
import { toTensors, type Runtime } from './runtime.ts';

/** Asks a decoder the same prompt with many patches at its last token. */

/** Tokens of a prompt, from `start` up to but without `end`. */
interface PromptPart {
  readonly prompt: Prompt;
  readonly start: number;
  readonly end: number;
}

/** A patch of the residual stream at the last token of the prompt. */
export type LastTokenPatch = Pick<ResidualPatch, 'layer' | 'vector'>;

/** What a run gives for one variant of a prompt. */
export interface PromptAnswer {
  /** [V] of the next token. */
  readonly logits: Float32Array;
  /** The residual stream [D] at the last token before a layer, or at L after the last, as patched. */
  residual(layer: number): Float32Array;
}

export interface PromptRunnerFiles {
  readonly session: InferenceSession;
  readonly signature: ModelSignature;
  /** Made with residual taps at every layer. */
  readonly tapped: TappedModel;
  /** Whether the graph was made with `answersOnly`. */
  readonly answersOnly: boolean;
  /** Embeds token ids, where the model takes embeddings: int64 [rows, tokens] to [rows, tokens, D]. */
  readonly embed?: InferenceSession;
  /** Bytes that keys and logits of one run may take. */
  readonly memory: number;
}

/** More rows do not make a run of one token each faster. */
const MAX_ROWS = 64;

/** Keys and values of a prompt without its last token, in one row. */
interface Prefix {
  readonly prompt: Prompt;
  readonly cache: ReadonlyMap<string, Tensor>;
}

/**
 * A patch at the last token changes nothing before it. So where the model has inputs and outputs for cached keys, the
 * rest of the prompt runs once, and each variant is a row of one token. Without them, each row is the whole prompt.
 */
export class PromptRunner {
  readonly layers: number;
  readonly vocabulary: number;
  /** The output that continues each cache input; undefined where the graph has not all of them. */
  readonly #presents: ReadonlyMap<string, string> | undefined;
  #prefix: Prefix | undefined;

  constructor(
    private readonly runtime: Pick<Runtime, 'Tensor'>,
    private readonly files: PromptRunnerFiles,
  ) {
    this.layers = files.tapped.layers;
    this.vocabulary = files.signature.vocabulary;
    this.#presents = presentOutputs(files);
  }

  /** Whether the prompt before the last token is computed once for all variants. */
  get isCached(): boolean {
    return this.#presents !== undefined;
  }

  /**
   * @param variants a patch for each run of the prompt; undefined for none
   * @param read takes what is needed of an answer; the memory of the answer is used again after it
   */
  async run<T>(
    prompt: Prompt,
    variants: readonly (LastTokenPatch | undefined)[],
    read: (answer: PromptAnswer, variant: number) => T,
  ): Promise<T[]> {
    const prefix = await this.#prefixOf(prompt);
    const end = prompt.tokens.length;
    const part = { prompt, start: prefix ? end - 1 : 0, end };
    const maxRows = this.#maxRows(end);
    const results: T[] = [];
    for (let start = 0; start < variants.length; start += maxRows) {
      const chunk = variants.slice(start, start + maxRows);
      const outputs = await this.#runRows(part, chunk, prefix);
      chunk.forEach((_, row) => {
        results.push(read(this.#answer(outputs, row, end - part.start), start + row));
      });
    }
    return results;
  }

  async release(): Promise<void> {
    await Promise.all([this.files.session.release(), this.files.embed?.release()]);
  }

  async #prefixOf(prompt: Prompt): Promise<Prefix | undefined> {
    const presents = this.#presents;
    const end = prompt.tokens.length - 1;
    if (!presents || end < 1) return undefined;
    if (this.#prefix && isSamePrefix(this.#prefix.prompt, prompt)) return this.#prefix;
    const part = { prompt, start: 0, end };
    const outputs = await this.#runSession(part, [undefined], undefined, [...presents.values()]);
    const cache = new Map(
      [...presents].flatMap(([input, output]) => {
        const tensor = outputs[output];
        return tensor ? [[input, tensor] as const] : [];
      }),
    );
    this.#prefix = { prompt, cache };
    return this.#prefix;
  }

  #runRows(
    part: PromptPart,
    variants: readonly (LastTokenPatch | undefined)[],
    prefix: Prefix | undefined,
  ) {
    const { layers } = this;
    const hooks = Array.from({ length: layers + 1 }, (_, layer) => residualHook(layer, layers));
    const names = [this.files.signature.logits.name, ...hooks];
    return this.#runSession(part, variants, prefix, names);
  }

  /** @param part of every row, after the prefix */
  async #runSession(
    part: PromptPart,
    variants: readonly (LastTokenPatch | undefined)[],
    prefix: Prefix | undefined,
    outputs: readonly string[],
  ) {
    const { session, signature, tapped, answersOnly } = this.files;
    const rows = variants.length;
    const tokens = part.end - part.start;
    const last = tokens - 1;
    const residuals = variants.flatMap((patch, row) =>
      patch ? [{ ...patch, row, token: last }] : [],
    );
    const read = variants.map((_, row) => ({ row, token: last }));
    const taps = hookFeeds(tapped, { rows, tokens }, { residuals }, read);
    const answers = BigInt64Array.from(read, ({ row, token }) => BigInt(row * tokens + token));
    const feeds: Record<string, Feed> = {
      ...taps,
      ...(answersOnly && { [ANSWER_ROWS]: { type: 'int64', data: answers, dims: [rows] } }),
    };
    const tensors = toTensors(this.runtime, feeds);
    for (const input of signature.inputs) {
      tensors[input.name] = await this.#inputTensor(input, part, rows, prefix);
    }
    return session.run(tensors, outputs);
  }

  async #inputTensor(
    input: SignatureInput,
    part: PromptPart,
    rows: number,
    prefix: Prefix | undefined,
  ): Promise<Tensor> {
    const { Tensor: TensorClass } = this.runtime;
    const { prompt, start, end } = part;
    const tokens = prompt.tokens.slice(start, end);
    const repeated = (values: readonly number[], times: number) =>
      Array.from({ length: times }, () => values).flat();
    switch (input.role) {
      case 'tokens':
        return integers(TensorClass, input.type, repeated(tokens, rows), [rows, tokens.length]);
      case 'embeddings':
        return this.#embeddings(part, rows);
      case 'deepstack':
        return this.#deepstackTensor(input, part, rows);
      case 'positions': {
        const order = Array.from(prompt.tokens.keys());
        const hasPlanes = input.dims.length === 3;
        const planes = hasPlanes ? (prompt.positions ?? [order, order, order]) : [order];
        const all = planes.flatMap((plane) => repeated(plane.slice(start, end), rows));
        const dims = [...(hasPlanes ? [3] : []), rows, tokens.length];
        return integers(TensorClass, input.type, all, dims);
      }
      case 'attention-mask': {
        const ones = Array.from({ length: rows * end }, () => 1);
        return integers(TensorClass, input.type, ones, [rows, end]);
      }
      case 'cache':
        return this.#cacheTensor(input, rows, prefix);
      default:
        throw new TypeError(`the input "${input.name}" is not one of a plain decoder`);
    }
  }

  #cacheTensor({ name, type, dims }: SignatureInput, rows: number, prefix: Prefix | undefined) {
    const { Tensor: TensorClass } = this.runtime;
    const cached = prefix?.cache.get(name);
    const [, heads = 0, , width = 0] = dims.map(Number);
    if (!cached) return zeros(TensorClass, type, [rows, heads, 0, width]);
    const shape = [rows, ...cached.dims.slice(1)];
    const { data } = cached;
    if (rows === 1) return cached;
    if (data instanceof Float32Array) {
      return new TensorClass(
        'float32',
        tiled(data, rows, new Float32Array(rows * data.length)),
        shape,
      );
    }
    // Half floats are bits, or a native Float16Array where the engine has one.
    const view = data as Uint16Array;
    const bits = new Uint16Array(view.buffer, view.byteOffset, view.length);
    return new TensorClass(
      'float16',
      tiled(bits, rows, new Uint16Array(rows * bits.length)),
      shape,
    );
  }

  async #embeddings({ prompt, start, end }: PromptPart, rows: number): Promise<Tensor> {
    const { embed } = this.files;
    const tokens = prompt.tokens.slice(start, end);
    if (!embed) throw new TypeError('the model takes embeddings, and there is no file that embeds');
    const [input = ''] = embed.inputNames;
    const [output = ''] = embed.outputNames;
    const ids = Array.from({ length: rows }, () => tokens).flat();
    const tensor = integers(this.runtime.Tensor, 'int64', ids, [rows, tokens.length]);
    const { [output]: embedded } = await embed.run({ [input]: tensor });
    if (!embedded) throw new TypeError('the file that embeds has no output');
    if (prompt.picture) {
      placePicture(embedded, prompt.picture.features, prompt.picture.start - start);
    }
    return embedded;
  }

  /** Features of the picture at its tokens, zeros elsewhere. */
  #deepstackTensor(input: SignatureInput, { prompt, start, end }: PromptPart, rows: number) {
    const width = Number(input.dims[2]);
    const tensor = zeros(this.runtime.Tensor, input.type, [rows, end - start, width]);
    const { picture } = prompt;
    if (picture) {
      const layer = deepstackNames(this.files.session.inputNames).indexOf(input.name);
      placePicture(tensor, elementAt(picture.deepstack, layer), picture.start - start);
    }
    return tensor;
  }

  #answer(outputs: InferenceSession.OnnxValueMapType, row: number, tokens: number): PromptAnswer {
    const { layers, vocabulary, files } = this;
    const { name, at } = files.signature.logits;
    const isLast = files.answersOnly || at !== 'every-token';
    const line = isLast ? row : (row + 1) * tokens - 1;
    return {
      logits: floatOutput(outputs, name).subarray(line * vocabulary, (line + 1) * vocabulary),
      residual: (layer) => {
        const { width } = files.tapped;
        const values = floatOutput(outputs, residualHook(layer, layers));
        return values.slice(row * width, (row + 1) * width);
      },
    };
  }

  #maxRows(tokens: number): number {
    const { signature, answersOnly, memory } = this.files;
    if (signature.inputs.some(({ dims }) => dims[0] === 1)) return 1;
    const { cache, inputs } = signature;
    const half = inputs.some(({ role, type }) => role === 'cache' && type === 'float16');
    const keys = cache ? 2 * cache.layers * cache.heads * cache.width * tokens * (half ? 2 : 4) : 0;
    const logits = 4 * this.vocabulary * (answersOnly || this.isCached ? 1 : tokens);
    // Keys are there twice: as they go in, and with the last token as they come out.
    return Math.max(1, Math.min(MAX_ROWS, Math.floor(memory / (2 * keys + logits))));
  }
}

/** `past_key_values.0.key` becomes `present.0.key`, `past_key_0` becomes `present_key_0`. */
function presentOutputs({ tapped, signature }: PromptRunnerFiles) {
  const outputs = new Set(tapped.model.graph.outputs.map(({ name }) => name));
  const caches = signature.inputs.filter(({ role }) => role === 'cache');
  const presents = caches.flatMap(({ name }): [string, string][] => {
    const candidates = [
      name.replace(/^past(_key_values)?/, 'present'),
      name.replace(/^past_key_values/, 'present_key_values'),
    ];
    const output = candidates.find((candidate) => outputs.has(candidate));
    return output === undefined ? [] : [[name, output]];
  });
  return caches.length > 0 && presents.length === caches.length ? new Map(presents) : undefined;
}
