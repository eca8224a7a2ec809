import type { InferenceSession, Tensor } from 'onnxruntime-common';
import type { ModelRunner } from './model-runner.ts';
import { toFeeds } from './model-inputs.ts';
import { CachingPatchEncoder, PATCH_VALUES, type PatchEncoder } from './patch-encoder.ts';

/** The part of ONNX Runtime that is used here; onnxruntime-web and onnxruntime-node both have it. */
export interface Runtime {
  readonly Tensor: typeof Tensor;
  readonly InferenceSession: { create(model: Uint8Array): Promise<InferenceSession> };
}

/** An exported model. */
export interface ModelFiles {
  readonly model: Uint8Array;
  /** For a model with visual input: the encoder's file, or an open encoder that models share. */
  readonly encoder?: Uint8Array | PatchEncoder;
  /** F, the width of patch features; 0 for a model that only reads text. */
  readonly featureWidth: number;
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
  const { featureWidth } = files;
  const session = await runtime.InferenceSession.create(files.model);
  // A shared encoder is released by its owner.
  const ownEncoder =
    files.encoder instanceof Uint8Array
      ? await openEncoder(runtime, files.encoder, featureWidth)
      : undefined;
  const encoder = files.encoder instanceof Uint8Array ? ownEncoder : files.encoder;
  return {
    featureWidth,
    logits: async (batch) => {
      const feeds = toFeeds<Tensor>(batch, featureWidth, runtime.Tensor);
      return floatOutput(await session.run(feeds), 'logits');
    },
    encode: (objects, grid) => {
      if (!encoder) throw new TypeError('a model without an encoder cannot read a picture');
      return encoder.encode(objects, grid);
    },
    release: async () => {
      await Promise.all([session.release(), ownEncoder?.release()]);
    },
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
  const session = await runtime.InferenceSession.create(bytes);
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
 * The data of an output of a session.
 *
 * @throws TypeError where the graph has no such output, or its elements are not float32
 */
export function floatOutput(
  outputs: InferenceSession.OnnxValueMapType,
  name: string,
): Float32Array {
  const data = outputs[name]?.data;
  if (data instanceof Float32Array) return data;
  throw new TypeError(`the graph has no float32 output "${name}"`);
}
