import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { modelCardSchema, type ModelCard } from '../../contract/card.ts';
import { sha256Of } from '../../contract/digest.ts';
import { ConversionError } from '../../huggingface/conversion-error.ts';
import { huggingFaceRepository, rawParameters } from '../../huggingface/repository.ts';
import { EXIT, type ExitCode, type Terminal } from '../terminal.ts';

/** What a model can be converted to. */
export const FORMATS = { huggingface: huggingFaceRepository, safetensors: rawParameters } as const;

export interface ConvertOptions {
  readonly to: keyof typeof FORMATS;
  readonly out: string;
  readonly force?: boolean;
}

/**
 * Writes a model in the format of another tool.
 *
 * @param folder with `card.json` and `model.onnx`
 * @throws Error where it is no model's folder, the model has no such form, or files are in the way
 */
export async function runConvert(
  folder: string,
  { to, out, force = false }: ConvertOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { card, model } = await readModel(folder);
  if (!force) await refuseFull(out);
  const files = convert(folder, () => FORMATS[to](card, model));
  for (const [name, content] of files) {
    const path = join(out, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
  const bytes = [...files.values()].reduce((sum, { length }) => sum + length, 0);
  terminal.out(
    `${card.id} is in ${out}: ${[...files.keys()].join(', ')} (${(bytes / 1e6).toFixed(1)} MB)\n`,
  );
  return EXIT.pass;
}

async function readModel(folder: string) {
  const cardPath = join(folder, 'card.json');
  const cardText = Buffer.from(await read(folder, 'card.json')).toString();
  const model = await read(folder, 'model.onnx');
  let card: ModelCard;
  try {
    card = modelCardSchema.parse(JSON.parse(cardText));
  } catch (cause) {
    throw new Error(`${cardPath} is not the card of a model`, { cause });
  }
  if ((await sha256Of(model)) !== card.files.model.sha256) {
    throw new Error(`${join(folder, 'model.onnx')} is not the file that ${cardPath} describes`);
  }
  return { card, model };
}

async function read(folder: string, name: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await readFile(join(folder, name)));
  } catch (cause) {
    const reason = isAbsent(cause) ? 'is missing' : 'cannot be read';
    throw new Error(`${folder} is not the folder of a model: ${name} ${reason}`, { cause });
  }
}

async function refuseFull(out: string): Promise<void> {
  try {
    if ((await readdir(out)).length === 0) return;
  } catch (cause) {
    if (isAbsent(cause)) return;
    throw new Error(`${out} is not a folder that can be written to`, { cause });
  }
  throw new Error(`${out} is not empty; --force writes into it and replaces files`);
}

const isAbsent = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';

function convert<Files>(folder: string, work: () => Files): Files {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ConversionError)) throw error;
    throw new Error(`${folder} cannot be converted: ${error.message}`, { cause: error });
  }
}
