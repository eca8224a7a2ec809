import { existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { readJson } from '../../node/files.ts';

/** The folder of a language model as the Hub's ONNX exports are laid out. */
export interface OnnxFolder {
  readonly name: string;
  /** The decoder's file. */
  readonly decoder: string;
  /** The file that embeds token ids, where there is one. */
  readonly embed: string | undefined;
  /** Contents of `tokenizer.json` and `tokenizer_config.json`. */
  readonly tokenizer: { readonly json: object; readonly config: object };
  /** The file that encodes pictures, where there is one. */
  readonly vision: string | undefined;
  /** Contents of `config.json` and `preprocessor_config.json`. */
  readonly config: object;
  readonly preprocessor: object;
  /** `model_type` of `config.json`. */
  readonly modelType: string | null;
}

/** A folder that cannot be measured; the message has the reason. */
export class LanguageModelError extends Error {
  override readonly name = 'LanguageModelError';
}

/** Names of decoders, without the number format at the end and the extension. */
const DECODERS = ['model', 'decoder_model_merged', 'decoder_model'];

/**
 * @param format the end of the files' names, as in `model_q4f16.onnx`; by default none
 * @throws LanguageModelError where a file is missing
 */
export function readOnnxFolder(folder: string, format?: string): OnnxFolder {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new LanguageModelError(`there is no folder ${folder}`);
  }
  const end = format === undefined ? '' : `_${format}`;
  const find = (names: readonly string[]) =>
    [join(folder, 'onnx'), folder]
      .flatMap((place) => names.map((name) => join(place, `${name}${end}.onnx`)))
      .find((path) => existsSync(path));
  const decoder = find(DECODERS);
  if (decoder === undefined) {
    const names = DECODERS.map((name) => `${name}${end}.onnx`).join(', ');
    throw new LanguageModelError(`${folder} has none of ${names}, neither in onnx/ nor beside it`);
  }
  const tokenizer = join(folder, 'tokenizer.json');
  if (!existsSync(tokenizer)) throw new LanguageModelError(`${folder} has no tokenizer.json`);
  const optional = (name: string) => {
    const path = join(folder, name);
    return existsSync(path) ? readJson(path, objectSchema) : {};
  };
  const config = optional('config.json');
  const { model_type: modelType } = config;
  return {
    name: basename(folder),
    decoder,
    embed: find(['embed_tokens']),
    vision: find(['vision_encoder']),
    config,
    preprocessor: optional('preprocessor_config.json'),
    tokenizer: {
      json: readJson(tokenizer, objectSchema),
      config: optional('tokenizer_config.json'),
    },
    modelType: typeof modelType === 'string' ? modelType : null,
  };
}

const objectSchema = z.record(z.string(), z.unknown());
