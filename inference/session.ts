import type { InferenceSession, Tensor } from 'onnxruntime-common';
import type { ModelRunner } from './evaluate.ts';
import { feedsOf } from './model-inputs.ts';
import { CachingPatchEncoder, PATCH_VALUES, type PatchEncoder } from './patch-encoder.ts';

/** The part of ONNX Runtime that is used here: onnxruntime-web and onnxruntime-node both have it. */
export interface Runtime {
  readonly Tensor: typeof Tensor;
  readonly InferenceSession: { create(model: Uint8Array): Promise<InferenceSession> };
}

/** An exported model, as bytes. */
export interface ModelFiles {
  readonly model: Uint8Array;
  /** Only for a model that sees: its file, or the encoder itself where several models share one. */
  readonly encoder?: Uint8Array | PatchEncoder;
  /** F, the width of patch features; 0 for a model that reads text only. */
  readonly featureWidth: number;
}

/** A model at work, which gives its memory back when it is done. */
export interface ModelSession extends ModelRunner {
  release(): Promise<void>;
}

/** An encoder at work, likewise. */
export interface EncoderSession extends PatchEncoder {
  release(): Promise<void>;
}

/**
 * Opens an exported model.
 *
 * @throws whatever ONNX Runtime throws at bytes that are not a model
 */
export async function openModel(runtime: Runtime, files: ModelFiles): Promise<ModelSession> {
  const { featureWidth } = files;
  const session = await runtime.InferenceSession.create(files.model);
  const { encoder: given } = files;
  const own =
    given instanceof Uint8Array ? await openEncoder(runtime, given, featureWidth) : undefined;
  const encoder = given instanceof Uint8Array ? own : given;
  return {
    featureWidth,
    logits: async (batch) => {
      const feeds = feedsOf<Tensor>(batch, featureWidth, runtime.Tensor);
      return (await session.run(feeds))['logits'].data as Float32Array;
    },
    encode: (objects, grid) => {
      if (!encoder) throw new TypeError('a model without an encoder cannot look at a picture');
      return encoder.encode(objects, grid);
    },
    release: async () => {
      await Promise.all([session.release(), own?.release()]);
    },
  };
}

/** Patches that an encoder remembers: 3 MiB of features 192 wide. */
const PATCHES_REMEMBERED = 4096;

/**
 * Opens the file of an encoder that looks at one patch at a time.
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
    return (await session.run(feeds))['features'].data as Float32Array;
  };
  const encoder = new CachingPatchEncoder(width, run, PATCHES_REMEMBERED);
  return {
    width,
    encode: (objects, grid) => encoder.encode(objects, grid),
    release: () => session.release(),
  };
}
