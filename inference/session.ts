import type { InferenceSession } from 'onnxruntime-common';
import { toTensors, type Runtime } from './runtime.ts';
import { fusedSession, openFused, type FusedSession } from './fused-session.ts';
import type { ModelRunner } from './model-runner.ts';
import {
  floatOutput,
  planRuns,
  readLogits,
  trainedSignature,
  type RunSignature,
  type SessionRun,
} from './session-runs.ts';
import { CachingPatchEncoder, PATCH_VALUES, type PatchEncoder } from './patch-encoder.ts';

/** An exported model. */
export interface ModelFiles {
  readonly model: Uint8Array;
  /** For a model with visual input: the encoder's file, or an open encoder that models share. */
  readonly encoder?: Uint8Array | PatchEncoder;
  /** F, the width of patch features; 0 for a model that only reads text. */
  readonly featureWidth: number;
  /** The inputs and outputs of the file; by default those of the trainer's models. */
  readonly signature?: RunSignature;
}

/** An open model; `release` frees its memory. */
export interface ModelSession extends ModelRunner {
  release(): Promise<void>;
}

/** An open encoder; `release` frees its memory. */
export interface EncoderSession extends PatchEncoder {
  release(): Promise<void>;
}

/**
 * Opens an exported model.
 *
 * @throws Error of ONNX Runtime where the bytes are not a model that it can run
 */
export async function openModel(runtime: Runtime, files: ModelFiles): Promise<ModelSession> {
  const { featureWidth, signature = trainedSignature(featureWidth) } = files;
  const session = await openLogits(runtime, files.model, featureWidth, signature);
  // A shared encoder is released by its owner.
  const ownEncoder =
    files.encoder instanceof Uint8Array
      ? await openEncoder(runtime, files.encoder, featureWidth)
      : undefined;
  const encoder = files.encoder instanceof Uint8Array ? ownEncoder : files.encoder;
  return {
    ...withEncoder(session, featureWidth, encoder),
    release: async () => {
      await Promise.all([session.release(), ownEncoder?.release()]);
    },
  };
}

/** A model without an encoder of its own, whose session the runtime started with (`Runtime.restore`). */
export const restoredModel = (
  runtime: Runtime,
  session: InferenceSession,
  featureWidth: number,
): ModelSession => withEncoder(fusedSession(runtime, session, featureWidth), featureWidth);

const withEncoder = (
  session: FusedSession,
  featureWidth: number,
  encoder?: PatchEncoder,
): ModelSession => ({
  featureWidth,
  logits: (batch) => session.logits(batch),
  encode: (objects, grid) => {
    if (!encoder) throw new TypeError('a model without an encoder cannot read a picture');
    return encoder.encode(objects, grid);
  },
  release: () => session.release(),
});

/** The rewritten graph where there is one, and the graph of the file otherwise. */
async function openLogits(
  runtime: Runtime,
  model: Uint8Array,
  featureWidth: number,
  signature: RunSignature,
): Promise<FusedSession> {
  if (signature.kind === 'bindscope' && runtime.runsOnCpu !== false) {
    const fused = await openFused(runtime, model, featureWidth);
    if (fused) return fused;
  }
  const session = await runtime.InferenceSession.create(model);
  return {
    logits: async (batch) => {
      const runs = planRuns(batch, signature);
      const parts: Float32Array[] = [];
      for (const run of runs) {
        const outputs = await session.run(toTensors(runtime, run.feeds), [signature.logits.name]);
        parts.push(readLogits(outputs, signature, run));
      }
      return joinAnswers(runs, parts, signature.vocabulary);
    },
    release: () => session.release(),
  };
}

/** Bounds the cache of an encoder: 3 MiB for features of width 192. */
const MAX_CACHED_PATCHES = 4096;

/**
 * Opens the file of an encoder that encodes each patch on its own.
 *
 * @param width F
 */
export async function openEncoder(
  runtime: Runtime,
  bytes: Uint8Array,
  width: number,
): Promise<EncoderSession> {
  return encoderOf(runtime, await runtime.InferenceSession.create(bytes), width);
}

/**
 * An encoder whose session is open.
 *
 * @param width F
 */
export function encoderOf(
  runtime: Runtime,
  session: InferenceSession,
  width: number,
): EncoderSession {
  const run = async (pixels: Float32Array, patches: number) => {
    const feeds = { patches: new runtime.Tensor('float32', pixels, [patches, PATCH_VALUES]) };
    return floatOutput(await session.run(feeds), 'features');
  };
  const encoder = new CachingPatchEncoder(width, run, MAX_CACHED_PATCHES);
  return {
    width,
    encode: (objects, grid) => encoder.encode(objects, grid),
    release: () => session.release(),
  };
}

/**
 * The logits of several runs in the order of the batch's answers.
 *
 * @param parts [answers of the run, V] for each run
 * @returns [N, V]
 */
export function joinAnswers(
  runs: readonly SessionRun[],
  parts: readonly Float32Array[],
  vocabulary: number,
): Float32Array {
  const [only] = parts;
  if (only && parts.length === 1) return only;
  const count = runs.reduce((sum, { answers }) => sum + answers.length, 0);
  const logits = new Float32Array(count * vocabulary);
  runs.forEach(({ answers }, number) => {
    answers.forEach((answer, row) => {
      const values = parts[number]?.subarray(row * vocabulary, (row + 1) * vocabulary);
      if (values) logits.set(values, answer * vocabulary);
    });
  });
  return logits;
}
