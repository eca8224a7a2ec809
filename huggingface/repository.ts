import type { TrainedCard } from '../contract/card.ts';
import { writeSafetensors } from '../onnx/safetensors.ts';
import { generationConfig, neoxConfig } from './model-config.ts';
import { modelCardText } from './model-card.ts';
import { readParameters } from './parameters.ts';
import { patchProjectionFile, PATCH_FILE } from './patch-projection.ts';
import { specialTokensMap, tokenizerConfig, tokenizerFile } from './tokenizer.ts';
import { neoxWeights } from './weights.ts';

/** Files by their path in the folder. The same model has the same bytes. */
export type RepositoryFiles = ReadonlyMap<string, Uint8Array>;

/**
 * A bindscope model as a Hugging Face repository: a `GPTNeoXForCausalLM` that computes the same logits
 * for text, and a word-level tokenizer.
 *
 * @param card of the model
 * @param model its `model.onnx`
 * @throws ConversionError where the model has no such form
 */
export function huggingFaceRepository(card: TrainedCard, model: Uint8Array): RepositoryFiles {
  const config = neoxConfig(card);
  const parameters = readParameters(card, model);
  const weights = neoxWeights(card.recipe.model, parameters);
  const files = new Map<string, Uint8Array>([
    ['README.md', new TextEncoder().encode(modelCardText(card))],
    ['config.json', json(config)],
    ['generation_config.json', json(generationConfig())],
    ['tokenizer.json', json(tokenizerFile())],
    ['tokenizer_config.json', json(tokenizerConfig())],
    ['special_tokens_map.json', json(specialTokensMap())],
    // transformers refuses weights whose format is not "pt".
    ['model.safetensors', writeSafetensors(weights, { format: 'pt' })],
  ]);
  const projection = patchProjectionFile(card, parameters);
  if (projection) files.set(PATCH_FILE, projection);
  return files;
}

/**
 * The parameters under the trainer's names, with [in, out] matrices as in `model.onnx`.
 *
 * @throws ConversionError where the file has not the parameters that the card says
 */
export function rawParameters(card: TrainedCard, model: Uint8Array): RepositoryFiles {
  const { model: config } = card.recipe;
  const parameters = [...readParameters(card, model).values()];
  const metadata = { model: card.id, config: JSON.stringify(config) };
  return new Map([
    ['model.safetensors', writeSafetensors(parameters, metadata)],
    ['card.json', json(card)],
  ]);
}

const json = (value: unknown): Uint8Array =>
  new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
