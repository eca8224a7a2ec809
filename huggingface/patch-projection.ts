import type { TrainedCard } from '../contract/card.ts';
import { featureWidthOf } from '../contract/model-facts.ts';
import type { EncoderIdentity } from '../contract/recipe.ts';
import { writeSafetensors, type SafetensorsTensor } from '../onnx/safetensors.ts';
import { PATCH_PROJECTION } from './weight-names.ts';

/** In a folder of its own: some tools load every safetensors file beside `config.json` as weights. */
export const PATCH_FILE = 'bindscope/patch_projection.safetensors';

export const PATCH_TENSOR = 'bindscope.patch_projection';

/**
 * The projection of patch features [F, D], which GPT-NeoX has no parameter for.
 *
 * @returns a safetensors file, or undefined for a model that reads text only
 */
export function patchProjectionFile(
  card: TrainedCard,
  parameters: ReadonlyMap<string, SafetensorsTensor>,
): Uint8Array<ArrayBuffer> | undefined {
  const projection = parameters.get(PATCH_PROJECTION);
  const { encoder } = card.recipe;
  if (!projection || !encoder) return undefined;
  const description =
    `[${featureWidthOf(card)}, ${card.recipe.model.width}]: patch features @ this tensor is added to the ` +
    'embeddings of the PATCH tokens';
  return writeSafetensors([{ ...projection, name: PATCH_TENSOR }], {
    format: 'pt',
    description,
    encoder: encoder.name,
    encoder_sha256: encoder.sha256,
  });
}

/** A section of the model card: how the model is asked about a picture. */
export function picturesSection(encoder: EncoderIdentity, grid: number): string {
  const source =
    encoder.inputScope === 'patches'
      ? 'bindscope ships it as `encoder.onnx` beside `model.onnx`'
      : 'its file is not distributed';
  return `## Pictures

The files for transformers are the text path. The model was trained on pictures, too: there, the context is ${grid * grid}
\`PATCH\` tokens, one for each cell of a ${grid} x ${grid} picture in row-major order, and the projected features of
its patch are added to the embedding of each. The projection is the tensor \`${PATCH_TENSOR}\` [${encoder.width}, width] in
\`${PATCH_FILE}\`. The features come from the frozen encoder "${encoder.name}" (sha256 ${encoder.sha256.slice(0, 12)}…);
${source}.

\`\`\`python
from safetensors.torch import load_file

projection = load_file(f"{folder}/${PATCH_FILE}")["${PATCH_TENSOR}"].float()
embeddings = model.get_input_embeddings()(tokens)  # tokens [1, T], PATCH first
embeddings[0, :${grid * grid}] += features @ projection  # features [${grid * grid}, ${encoder.width}]
logits = model(inputs_embeds=embeddings).logits[0, -1]
\`\`\``;
}
