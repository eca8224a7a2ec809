import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import type { LanguageModelFacts } from '../../contract/language-interchange.ts';
import type { Prompt } from '../../inference/prompt.ts';
import { PromptRunner } from '../../inference/prompt-runner.ts';
import { sha256, writeAtomically } from '../../node/files.ts';
import { nodeRuntime, type NodeRuntimeOptions } from '../../node/onnx-runtime.ts';
import { makeTensor } from '../../onnx/build.ts';
import { readOnnx, READ_LIMITS, writeOnnx } from '../../onnx/codec.ts';
import { OnnxError } from '../../onnx/errors.ts';
import type { OnnxModel } from '../../onnx/model.ts';
import { readSignature, type ModelSignature } from '../../onnx/signature.ts';
import type { SignatureInput } from '../../onnx/signature-inputs.ts';
import { TapError } from '../../onnx/taps/errors.ts';
import { planTaps } from '../../onnx/taps/plan.ts';
import { tapModel, type TappedModel } from '../../onnx/taps/tap-model.ts';
import { readChatTemplate } from './chat-template.ts';
import type { Picture } from '../../task/picture.ts';
import { LanguageModelError, readOnnxFolder } from './onnx-folder.ts';
import { VisionEncoder } from './vision-encoder.ts';

/** A language model that is ready to be asked, and patched at the last token of a prompt. */
export interface LanguageModel {
  readonly facts: Omit<LanguageModelFacts, 'droppedItems'>;
  readonly runner: PromptRunner;
  /**
   * Token ids of a question and the beginning of its answer: as a text that goes on, with the special tokens that the
   * tokenizer puts around it, or as a chat.
   *
   * @param picture for a model that was opened with `pictures`
   */
  encode(question: string, answerLead: string, picture?: Picture): Promise<Prompt>;
  /** The first token of a word that follows a text after a space. */
  firstToken(text: string, word: string): number;
  release(): Promise<void>;
}

export interface OpenOptions extends NodeRuntimeOptions {
  /** The end of the files' names, as in `model_q4f16.onnx`. */
  readonly format?: string;
  /** Bytes that the keys and logits of one run may take. */
  readonly memory: number;
  /** Whether questions are put as a user's message, by the folder's chat template. */
  readonly chat?: boolean;
  /** Whether pictures are shown. */
  readonly pictures?: boolean;
}

/** A graph of a large model has more values than one that a server accepts. */
const LARGE_GRAPH = { ...READ_LIMITS, values: 20_000_000 };

/**
 * Opens a folder as the Hub's ONNX exports are laid out.
 *
 * @throws LanguageModelError where the model cannot be run or patched; the message has the reason
 */
export async function openLanguageModel(
  folder: string,
  options: OpenOptions,
): Promise<LanguageModel> {
  const files = readOnnxFolder(folder, options.format);
  const writeChat = options.chat ? readChatTemplate(folder, files.tokenizer.config) : undefined;
  const bytes = new Uint8Array(readFileSync(files.decoder));
  const { signature, tapped, answersOnly } = tap(files.decoder, bytes);
  const runtime = await nodeRuntime(options);
  const create = async (what: string, model: Uint8Array | string) => {
    try {
      return await runtime.InferenceSession.create(model);
    } catch (cause) {
      const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
      throw new LanguageModelError(`ONNX Runtime cannot open ${what}: ${reason}`, { cause });
    }
  };
  const takesEmbeddings = signature.inputs.some(({ role }) => role === 'embeddings');
  if (takesEmbeddings && files.embed === undefined) {
    throw new LanguageModelError(
      `${files.decoder} takes inputs_embeds, and there is no embed_tokens.onnx beside it`,
    );
  }
  const embed =
    takesEmbeddings && files.embed !== undefined
      ? await create(files.embed, files.embed)
      : undefined;
  if (options.pictures) requirePictureInputs(files.decoder, signature);
  const vision = options.pictures
    ? await VisionEncoder.open(
        { ...files, folder, decoderInputs: signature.inputs.map(({ name }) => name) },
        runtime,
        (path) => create(path, path),
      )
    : undefined;
  const session = await withTappedFile(files.decoder, tapped.model, signature, (model) =>
    create(files.decoder, model),
  );
  const tokenizer = new Tokenizer(files.tokenizer.json, files.tokenizer.config);
  const encode = (text: string, special: boolean) =>
    tokenizer.encode(text, { add_special_tokens: special }).ids;
  const external = signature.externalFiles.map((name) => join(dirname(files.decoder), name));
  const { memory } = options;
  const runner = new PromptRunner(runtime, {
    session,
    signature,
    tapped,
    answersOnly,
    ...(embed && { embed }),
    memory,
  });
  return {
    facts: {
      name: files.name,
      modelType: files.modelType,
      file: files.decoder.slice(folder.length).replace(/^[/\\]/, ''),
      sha256: sha256(bytes),
      bytes: bytes.length + external.reduce((sum, path) => sum + statSync(path).size, 0),
      weightType: signature.weightType,
      network: { layers: tapped.layers, width: tapped.width, vocabulary: signature.vocabulary },
    },
    runner,
    encode: async (question, answerLead, picture) => {
      // A chat template writes all special tokens itself, and the answer begins where it ends.
      const ids = writeChat
        ? encode(writeChat(question, picture !== undefined) + answerLead.trimStart(), false)
        : encode(question + answerLead, true);
      if (!picture) return { tokens: ids };
      if (!vision) throw new TypeError('the model was opened without pictures');
      return vision.insert(ids, picture);
    },
    firstToken: (text, word) => {
      const before = encode(text, false);
      const [token] = encode(`${text} ${word}`, false).slice(before.length);
      if (token === undefined) throw new LanguageModelError(`"${word}" has no token of its own`);
      return token;
    },
    release: async () => {
      await Promise.all([runner.release(), vision?.release()]);
    },
  };
}

/** @throws LanguageModelError where a decoder cannot take the embeddings and positions of a picture */
function requirePictureInputs(path: string, { inputs }: ModelSignature): void {
  const fits = (role: 'embeddings' | 'positions', test: (input: SignatureInput) => boolean) =>
    inputs.some((input) => input.role === role && test(input));
  if (
    fits('embeddings', ({ type }) => type === 'float32') &&
    fits('positions', ({ dims }) => dims.length === 3)
  ) {
    return;
  }
  throw new LanguageModelError(
    `${path} cannot take pictures: it needs inputs_embeds of float32 and position_ids [3, rows, tokens]`,
  );
}

/** Optimum's `--legacy`, and its releases before 1.14. The branch with cached keys may not take a whole prompt. */
const MERGED =
  'it is two decoders merged by an If; export it again without --legacy, by Optimum 1.14 or later: ' +
  'optimum-cli export onnx -m <model> --task text-generation-with-past <folder>';

/** Finds how the decoder is fed, and adds taps at the residual stream before every layer. */
function tap(path: string, bytes: Uint8Array) {
  try {
    const model = keepLastLogits(readOnnx(bytes, LARGE_GRAPH));
    const { signature, reasons } = readSignature(model, { embeddings: true });
    if (!signature) {
      const isMerged = reasons.some(({ code }) => code === 'merged-decoder');
      const why = isMerged ? MERGED : reasons.map(({ message }) => message).join('; ');
      throw new LanguageModelError(`${path} cannot be run: ${why}`);
    }
    const unusable = signature.inputs.find(({ type }) => type === 'bfloat16');
    if (unusable) {
      throw new LanguageModelError(
        `${path} cannot be run: its input "${unusable.name}" is bfloat16`,
      );
    }
    const plan = planTaps(model, signature);
    const selected = trySelecting(() => tapModel(plan, { residuals: 'all', answersOnly: true }));
    const tapped: TappedModel = selected ?? tapModel(plan, { residuals: 'all' });
    return { signature, tapped, answersOnly: selected !== undefined };
  } catch (error) {
    if (!(error instanceof OnnxError)) throw error;
    throw new LanguageModelError(`${path} cannot be patched: ${error.message}`, { cause: error });
  }
}

/** An input of some exports: for how many tokens, counted from the end, the model computes logits. */
const KEPT_LOGITS = 'num_logits_to_keep';

function keepLastLogits(model: OnnxModel): OnnxModel {
  const { graph } = model;
  const inputs = graph.inputs.filter(({ name }) => name !== KEPT_LOGITS);
  if (inputs.length === graph.inputs.length) return model;
  const one = makeTensor(KEPT_LOGITS, 'int64', [], BigInt64Array.of(1n));
  return { ...model, graph: { ...graph, inputs, initializers: [...graph.initializers, one] } };
}

function trySelecting(select: () => TappedModel): TappedModel | undefined {
  try {
    return select();
  } catch (error) {
    if (error instanceof TapError) return undefined;
    throw error;
  }
}

/**
 * Weights in other files are found beside the graph's file only, so the tapped graph is written there until the session
 * is open. They are not read here: they can be larger than the memory.
 */
async function withTappedFile<T>(
  path: string,
  model: OnnxModel,
  { externalFiles }: ModelSignature,
  open: (model: Uint8Array | string) => Promise<T>,
): Promise<T> {
  const folder = dirname(path);
  for (const name of externalFiles) {
    if (/[/\\]|^\.\.?$/.test(name)) {
      throw new LanguageModelError(`${path} has weights in "${name}", outside its folder`);
    }
    if (!existsSync(join(folder, name))) {
      throw new LanguageModelError(`${path} has weights in "${name}", which is not in ${folder}`);
    }
  }
  if (externalFiles.length === 0) return open(writeOnnx(model));
  const temporary = join(folder, `.bindscope-${process.pid}.onnx`);
  try {
    writeAtomically(temporary, writeOnnx(model));
    return await open(temporary);
  } finally {
    rmSync(temporary, { force: true });
  }
}
