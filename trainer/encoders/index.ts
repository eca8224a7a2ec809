import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelCard } from '../../contract/card.ts';
import { encoderCardSchema } from '../../contract/encoder-card.ts';
import type { EncoderIdentity } from '../../contract/recipe.ts';
import type { PatchEncoder } from '../../inference/patch-encoder.ts';
import { isOnnxName, openOnnxEncoder } from './onnx-file.ts';
import { patchwiseEncoder, type FrozenEncoder } from './patchwise.ts';

/** The encoders that are made here and shipped, each in `models/encoders/<name>/`. */
export const ENCODER_NAMES = ['random', 'supervised', 'self-supervised'] as const;
export type EncoderName = (typeof ENCODER_NAMES)[number];

/** Where encoders are shipped, wherever the models go that see with them. */
export const SHIPPED = 'models';

/** The folder of an encoder that is shipped. */
export const encoderFolder = (models: string, name: string): string =>
  join(models, 'encoders', name);

/**
 * Opens an encoder.
 *
 * @param name one of `ENCODER_NAMES`, or `onnx:<file>,<preset>`
 * @param models folder of all models
 * @throws Error that says in one line which encoders there are, or what is wrong with this one
 */
export async function openFrozenEncoder(name: string, models: string): Promise<FrozenEncoder> {
  if (isOnnxName(name)) return openOnnxEncoder(name);
  if (!ENCODER_NAMES.some((known) => known === name)) {
    const known = ENCODER_NAMES.join(', ');
    throw new Error(`there is no encoder "${name}"; there are ${known} and onnx:<file>,<preset>`);
  }
  const folder = encoderFolder(models, name);
  if (!existsSync(join(folder, 'card.json'))) {
    throw new Error(`${folder} is missing; make it with: npm run encoder -- ${name}`);
  }
  const card = encoderCardSchema.parse(JSON.parse(readFileSync(join(folder, 'card.json'), 'utf8')));
  const encoder = await patchwiseEncoder(
    name,
    new Uint8Array(readFileSync(join(folder, card.file.name))),
  );
  if (encoder.identity.sha256 !== card.file.sha256) {
    throw new Error(`${folder}/${card.file.name} is not the file that its card describes`);
  }
  return encoder;
}

/**
 * Opens the encoder that a model was trained with.
 *
 * @param given how to open it, for one that is not shipped
 * @throws Error where another one is found in its place
 */
export async function recordedEncoder(
  wanted: EncoderIdentity,
  given = wanted.name,
): Promise<FrozenEncoder> {
  if (isOnnxName(wanted.name) && given === wanted.name) {
    const preset = wanted.name.slice(wanted.name.indexOf(':') + 1);
    throw new Error(`the model sees through a file: say --encoder onnx:<file>,${preset}`);
  }
  const encoder = await openFrozenEncoder(given, SHIPPED);
  if (encoder.identity.sha256 !== wanted.sha256) {
    throw new Error(
      `the model sees with the encoder ${wanted.name} of sha256 ${wanted.sha256.slice(0, 8)}; ` +
        `this ${given} is ${encoder.identity.sha256.slice(0, 8)}`,
    );
  }
  return encoder;
}

/**
 * What a shipped model sees with, for `openModel`: the file beside it, or an encoder that stays where
 * the training was.
 *
 * @param folder `models/<id>`
 * @param given how to open an encoder that is not beside the model
 */
export async function encoderOfCard(
  { files, recipe }: ModelCard,
  folder: string,
  given?: string,
): Promise<{ encoder?: Uint8Array | PatchEncoder }> {
  if (files.encoder) {
    return { encoder: new Uint8Array(readFileSync(join(folder, files.encoder.name))) };
  }
  if (!recipe.encoder) return {};
  const encoder = await recordedEncoder(recipe.encoder, given);
  return { encoder: encoder.remembering ?? encoder };
}
