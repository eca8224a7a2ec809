import type { ModelCard } from '../../contract/card.ts';
import { modelFacts } from '../../contract/model-facts.ts';
import { trainedSignature, type RunSignature } from '../../inference/session-runs.ts';
import { boundModel, checkSize } from '../../onnx/bounds.ts';
import { readOnnx } from '../../onnx/codec.ts';
import { OnnxError } from '../../onnx/errors.ts';
import { inspectModel } from '../../onnx/inspect.ts';
import { PATCH_VALUES } from '../../inference/patch-encoder.ts';

/** Checks of uploaded graphs before ONNX Runtime opens them. They read the file, in bounded time. */

/** Larger than any batch of the API, with a picture of 14 x 14 cells and 32 associations in a row. */
export const LARGEST_BATCH = { rows: 16, tokens: 280, answers: 128 } as const;

const LARGEST_PATCHES = 200;

/** @returns the faults of a model file; none where it can be opened */
export function checkModelGraph(card: ModelCard, bytes: Uint8Array): string[] {
  const inspection = inspectModel(bytes, LARGEST_BATCH);
  if (!inspection.fits) return [...inspection.faults];
  const { signature } = inspection;
  const { signature: imported, featureWidth } = modelFacts(card);
  const expected = imported ?? trainedSignature(featureWidth);
  return [
    ...signature.externalFiles.map(
      (name) => `has weights in another file, "${name}"; all weights must be in model.onnx`,
    ),
    ...(describe(signature) === describe(expected)
      ? []
      : [`has the inputs and outputs ${describe(signature)}; the card says ${describe(expected)}`]),
  ];
}

/** @returns the faults of a patch encoder; none where it can be opened */
export function checkEncoderGraph(bytes: Uint8Array): string[] {
  try {
    const model = readOnnx(bytes);
    const tooLarge = checkSize(model, bytes.length);
    if (tooLarge.length > 0) return tooLarge.map(({ message }) => message);
    const inputs = model.graph.inputs.map(({ name }) => name);
    const outputs = model.graph.outputs.map(({ name }) => name);
    if (!inputs.includes('patches') || !outputs.includes('features')) {
      return [
        `has the inputs ${inputs.join(', ')} and outputs ${outputs.join(', ')}; an encoder must have the input patches and the output features`,
      ];
    }
    const dims = { patches: [LARGEST_PATCHES, PATCH_VALUES] };
    return boundModel(model, bytes.length, dims).faults.map(({ message }) => message);
  } catch (error) {
    if (error instanceof OnnxError) return [error.message];
    throw error;
  }
}

/** `tokens int32 [rows, tokens], … -> logits float32 at answers [470]` */
function describe({ inputs, logits, vocabulary }: RunSignature): string {
  const shown = inputs.map(({ name, type, dims }) => `${name} ${type} [${dims.join(', ')}]`).sort();
  return `${shown.join(', ')} -> ${logits.name} ${logits.type} at ${logits.at} [${vocabulary}]`;
}
