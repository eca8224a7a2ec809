import {
  boundModel,
  checkSize,
  GRAPH_LIMITS,
  type GraphBounds,
  type GraphLimits,
} from './bounds.ts';
import { readOnnx } from './codec.ts';
import { OnnxError } from './errors.ts';
import type { OnnxModel } from './model.ts';
import { inputDimsOf, readSignature, type ModelSignature } from './signature.ts';
import type { FreeSize } from './signature-inputs.ts';

/** All that a file says before a session is opened on it, or everything that is wrong with it. */
export type Inspection =
  | {
      readonly fits: true;
      readonly model: OnnxModel;
      readonly signature: ModelSignature;
      readonly bounds: GraphBounds;
    }
  | { readonly fits: false; readonly faults: readonly string[] };

/**
 * Reads a model and checks it, cheapest checks first: what is too large, then whether it can be served,
 * then what it costs with the largest batch.
 *
 * @param batch the largest batch
 * @param externalBytes size of other files with its weights
 */
export function inspectModel(
  bytes: Uint8Array,
  batch: Readonly<Record<FreeSize, number>>,
  limits: GraphLimits = GRAPH_LIMITS,
  externalBytes = 0,
): Inspection {
  let model: OnnxModel;
  try {
    model = readOnnx(bytes);
  } catch (error) {
    if (error instanceof OnnxError) return refused([error]);
    throw error;
  }
  const fileBytes = bytes.length + externalBytes;
  const tooLarge = checkSize(model, fileBytes, limits);
  if (tooLarge.length > 0) return refused(tooLarge);
  const { signature, reasons } = readSignature(model);
  if (!signature) return refused(reasons);
  const bounds = boundModel(model, fileBytes, inputDimsOf(signature.inputs, batch), limits);
  if (bounds.faults.length > 0) return refused(bounds.faults);
  return { fits: true, model, signature, bounds };
}

const refused = (faults: readonly { readonly message: string }[]): Inspection => ({
  fits: false,
  faults: faults.map(({ message }) => message),
});
