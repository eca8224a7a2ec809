import type { EncoderIdentity } from '../../contract/recipe.ts';
import {
  CachingPatchEncoder,
  PATCH_VALUES,
  type PatchEncoder,
  type EncodePatches,
} from '../../inference/patch-encoder.ts';
import { sha256 } from '../../node/files.ts';
import { nodeRuntime } from '../../node/onnx-runtime.ts';

/** A visual encoder whose parameters do not change, with what identifies it. */
export interface FrozenEncoder extends PatchEncoder {
  readonly identity: EncoderIdentity;
  /** The ONNX file that is exported with a model; absent for an encoder of whole pictures. */
  readonly file?: Uint8Array;
  /** The same encoder with a cache on disk, for pictures that are encoded repeatedly, as in validation. */
  readonly cached?: PatchEncoder;
}

/** Opens an encoder's ONNX file: `patches` [P, 768], pixels 0 to 255, -> `features` [P, F]. */
export async function openEncoderFile(file: Uint8Array): Promise<EncodePatches> {
  const { InferenceSession, Tensor } = await nodeRuntime();
  const session = await InferenceSession.create(file);
  return async (pixels, patches) => {
    const feeds = { patches: new Tensor('float32', pixels, [patches, PATCH_VALUES]) };
    const { features } = await session.run(feeds);
    if (!(features?.data instanceof Float32Array)) {
      throw new TypeError('the encoder has no float32 output "features"');
    }
    return features.data;
  };
}

/** Opens the file of an encoder that processes each patch on its own. */
export async function openPatchEncoder(name: string, file: Uint8Array): Promise<FrozenEncoder> {
  const run = await openEncoderFile(file);
  const { length: width } = await run(new Float32Array(PATCH_VALUES), 1);
  const patches = new CachingPatchEncoder(width, run);
  return {
    identity: { name, sha256: sha256(file), width, inputScope: 'patches' },
    file,
    width,
    encode: (objects, grid) => patches.encode(objects, grid),
  };
}
