import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { modelCardSchema, type ModelCard, type TrainedCard } from '../../contract/card.ts';
import { describeIssues } from '../../contract/schema-issues.ts';
import { ConversionError } from '../../huggingface/conversion-error.ts';
import { huggingFaceRepository, rawParameters } from '../../huggingface/repository.ts';
import { FileError, readJson, sha256 } from '../../node/files.ts';
import { requireWritable, writeFiles } from '../output-folder.ts';
import { evaluatedCard } from '../report/evaluated-models.ts';
import { recordFiles } from '../report/every-eval-ever.ts';
import { EXIT, type ExitCode, type Terminal } from '../terminal.ts';

type Files = ReadonlyMap<string, string | Uint8Array>;

/** What a model can be converted to: its weights, or the results on its card as a record of Every Eval Ever. */
export const FORMATS = {
  huggingface: (card, model) => huggingFaceRepository(requireTrained(card), model),
  safetensors: (card, model) => rawParameters(requireTrained(card), model),
  // A card does not say when it was measured.
  'every-eval-ever': (card) =>
    recordFiles(evaluatedCard(card), { recorded: new Date().toISOString() }),
} satisfies Record<string, (card: ModelCard, model: Uint8Array) => Files>;

export interface ConvertOptions {
  readonly to: keyof typeof FORMATS;
  readonly out: string;
  readonly force?: boolean;
}

/**
 * Writes a model in the format of another tool.
 *
 * @param folder with `card.json` and `model.onnx`
 * @throws Error where it is not the folder of a model, the model has no such form, or `out` is not empty
 */
export function runConvert(
  folder: string,
  { to, out, force = false }: ConvertOptions,
  terminal: Terminal,
): ExitCode {
  const { card, model } = readModel(folder);
  requireWritable(out, force);
  const files: Files = convert(folder, () => FORMATS[to](card, model));
  writeFiles(out, files);
  const bytes = [...files.values()].reduce((sum, { length }) => sum + length, 0);
  const names = [...files.keys()].join(', ');
  terminal.out(`${card.id} as ${to}: ${names} in ${out} (${(bytes / 1e6).toFixed(1)} MB)\n`);
  return EXIT.pass;
}

function readModel(folder: string): { card: ModelCard; model: Uint8Array } {
  const cardPath = join(folder, 'card.json');
  const modelPath = join(folder, 'model.onnx');
  const refuse = (reason: string, cause?: unknown) =>
    new Error(`${folder} is not the folder of a model: ${reason}`, { cause });
  let content: unknown;
  let model: Uint8Array;
  try {
    content = readJson(cardPath, z.unknown());
    model = readFileSync(modelPath);
  } catch (error) {
    throw refuse(error instanceof FileError ? error.message : `cannot read ${modelPath}`, error);
  }
  const card = modelCardSchema.safeParse(content);
  if (!card.success) {
    throw refuse(`${cardPath} is not a model card (${describeIssues(card.error)})`, card.error);
  }
  if (sha256(model) !== card.data.files.model.sha256) {
    throw refuse(`${modelPath} has another sha256 than ${cardPath} says`);
  }
  return { card: card.data, model };
}

/** @throws ConversionError where the model is not one of this project's trainer */
function requireTrained(card: ModelCard): TrainedCard {
  if (card.kind === 'trained') return card;
  throw new ConversionError("it was imported, and only bindscope's own models can be");
}

function convert(folder: string, work: () => Files): Files {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ConversionError)) throw error;
    throw new Error(`${folder} cannot be converted: ${error.message}`, { cause: error });
  }
}
