import type { EncoderIdentity } from '../../contract/recipe.ts';
import {
  CachingPatchEncoder,
  PATCH_VALUES,
  type PatchEncoder,
  type EncodePatches,
} from '../../inference/patch-encoder.ts';
import { sha256 } from '../../node/files.ts';

/** An encoder that does not change, with what identifies it. */
export interface FrozenEncoder extends PatchEncoder {
  readonly identity: EncoderIdentity;
  /** The ONNX file that goes with a model; absent for an encoder that looks at the whole picture. */
  readonly file?: Uint8Array;
  /** The same for pictures that come again, such as those of validation: kept on disk where that helps. */
  readonly remembering?: PatchEncoder;
}

/** An encoder's ONNX file at work: `patches` [P, 768], pixels 0 to 255, -> `features` [P, F]. */
export async function patchRunner(file: Uint8Array): Promise<EncodePatches> {
  const ort = await import('onnxruntime-node');
  const session = await ort.InferenceSession.create(file, {
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  return async (pixels, patches) => {
    const feeds = { patches: new ort.Tensor('float32', pixels, [patches, PATCH_VALUES]) };
    return (await session.run(feeds))['features'].data as Float32Array;
  };
}

/** The encoder in a file that looks at each patch by itself. */
export async function patchwiseEncoder(name: string, file: Uint8Array): Promise<FrozenEncoder> {
  const run = await patchRunner(file);
  const { length: width } = await run(new Float32Array(PATCH_VALUES), 1);
  const patches = new CachingPatchEncoder(width, run);
  return {
    identity: { name, sha256: sha256(file), width, inputScope: 'patches' },
    file,
    width,
    encode: (objects, grid) => patches.encode(objects, grid),
  };
}
