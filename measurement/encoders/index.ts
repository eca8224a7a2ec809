import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TrainedCard } from '../../contract/card.ts';
import { encoderCardSchema } from '../../contract/encoder-card.ts';
import type { EncoderIdentity } from '../../contract/recipe.ts';
import type { PatchEncoder } from '../../inference/patch-encoder.ts';
import { readJson } from '../../node/files.ts';
import { openPatchEncoder, type FrozenEncoder } from './frozen-encoder.ts';
import { isOnnxName, openOnnxEncoder } from './onnx-encoder.ts';

/** The shipped encoders, each in `models/encoders/<name>/`. */
export const ENCODER_NAMES = ['random', 'supervised', 'self-supervised'] as const;
export type EncoderName = (typeof ENCODER_NAMES)[number];

export const isEncoderName = (name: string): name is EncoderName =>
  ENCODER_NAMES.some((known) => known === name);

/** The folder of shipped models; encoders are opened from there whatever folder a model is in. */
export const SHIPPED_MODELS = 'models';

/** What `--encoder` accepts, for messages. */
export const ENCODER_CHOICES = `${ENCODER_NAMES.join(', ')} or onnx:<file>,<preset>`;

/** The folder of a shipped encoder. */
export const encoderFolder = (models: string, name: string): string =>
  join(models, 'encoders', name);

/**
 * Opens an encoder.
 *
 * @param name one of `ENCODER_NAMES`, or `onnx:<file>,<preset>`
 * @param models the folder of shipped models
 * @throws Error when there is no such encoder, or its file is missing or damaged
 */
export async function openFrozenEncoder(
  name: string,
  models = SHIPPED_MODELS,
): Promise<FrozenEncoder> {
  if (isOnnxName(name)) return openOnnxEncoder(name);
  if (!isEncoderName(name)) {
    throw new Error(`there is no encoder "${name}"; use ${ENCODER_CHOICES}`);
  }
  const folder = encoderFolder(models, name);
  if (!existsSync(join(folder, 'card.json'))) {
    throw new Error(`${folder} is missing; make it with: npm run encoder -- ${name}`);
  }
  const { file } = readJson(join(folder, 'card.json'), encoderCardSchema);
  const path = join(folder, file.name);
  const encoder = await openPatchEncoder(name, new Uint8Array(readFileSync(path)));
  if (encoder.identity.sha256 !== file.sha256) {
    throw new Error(`${path} does not have the sha256 of its card; restore it from the repository`);
  }
  return encoder;
}

/**
 * Opens the encoder that a model was trained with.
 *
 * @param expected the encoder in the model's recipe
 * @param name how to open it: needed for an encoder in an ONNX file, whose path is not recorded
 * @throws Error when the opened encoder is a different one
 */
export async function openRecordedEncoder(
  expected: EncoderIdentity,
  name = expected.name,
): Promise<FrozenEncoder> {
  if (isOnnxName(expected.name) && name === expected.name) {
    const preset = expected.name.slice(expected.name.indexOf(':') + 1);
    throw new Error(
      `the model was trained with an encoder from a file: add --encoder onnx:<file>,${preset}`,
    );
  }
  const encoder = await openFrozenEncoder(name);
  if (encoder.identity.sha256 !== expected.sha256) {
    throw new Error(
      `the model was trained with the encoder ${expected.name} (sha256 ${expected.sha256.slice(0, 8)}), ` +
        `but ${name} has sha256 ${encoder.identity.sha256.slice(0, 8)}`,
    );
  }
  return encoder;
}

/**
 * The `encoder` of `openModel` for an exported model: the file in its folder, or an encoder that is not
 * exported with models.
 *
 * @param folder `models/<id>`
 * @param name see `openRecordedEncoder`
 */
export async function encoderOfCard(
  { files, recipe }: TrainedCard,
  folder: string,
  name?: string,
): Promise<{ encoder?: Uint8Array | PatchEncoder }> {
  if (files.encoder) {
    return { encoder: new Uint8Array(readFileSync(join(folder, files.encoder.name))) };
  }
  if (!recipe.encoder) return {};
  const encoder = await openRecordedEncoder(recipe.encoder, name);
  return { encoder: encoder.cached ?? encoder };
}
