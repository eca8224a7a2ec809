import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Float16Array } from '@petamoriken/float16';
import { readOnnx, writeOnnx } from '../../onnx/codec.ts';
import { DATA_TYPE } from '../../onnx/model.ts';
import { trainedCardSchema } from '../../contract/card.ts';
import { RandomStream } from '../../task/random.ts';
import { ROOT } from '../../build/paths.ts';

/** Shipped models in a folder of the test's own, to be damaged. */
export function copyModels(...ids: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'bindscope-damage-'));
  for (const id of ids) cpSync(join(ROOT, 'models', id), join(folder, id), { recursive: true });
  writeFileSync(join(folder, 'index.json'), JSON.stringify({ schema: 1, models: ids }));
  return folder;
}

const modelPath = (folder: string, id: string) => join(folder, id, 'model.onnx');

/** A file cut in half, as an upload that broke off. */
export function truncate(folder: string, id: string): void {
  const bytes = readFileSync(modelPath(folder, id));
  writeFileSync(modelPath(folder, id), bytes.subarray(0, bytes.length / 2));
}

/** Another model's file under this name; its card knows or not. */
export function swap(folder: string, id: string, other: string, { honestCard = false } = {}): void {
  cpSync(modelPath(join(ROOT, 'models'), other), modelPath(folder, id));
  if (honestCard) describeFile(folder, id);
}

/**
 * Gaussian noise in every weight, and a card with the size and digest of the noisy file, as if nobody had
 * noticed before it was published.
 *
 * @param scale of the noise, in standard deviations of each tensor
 */
export function addNoise(folder: string, id: string, scale: number): void {
  const model = readOnnx(new Uint8Array(readFileSync(modelPath(folder, id))));
  const draw = new RandomStream([0x9015e, 0, 0, 0]);
  const initializers = model.graph.initializers.map((tensor) => ({
    ...tensor,
    ...(tensor.rawData && { rawData: withNoise(tensor.rawData, tensor.dataType, scale, draw) }),
  }));
  const noisy = writeOnnx({ ...model, graph: { ...model.graph, initializers } });
  writeFileSync(modelPath(folder, id), noisy);
  describeFile(folder, id);
}

function withNoise(raw: Uint8Array, type: number, scale: number, draw: RandomStream): Uint8Array {
  const { buffer } = raw.slice();
  if (type !== DATA_TYPE.float32 && type !== DATA_TYPE.float16) return raw;
  const values = type === DATA_TYPE.float32 ? new Float32Array(buffer) : new Float16Array(buffer);
  const deviation = Math.hypot(...values) / Math.sqrt(values.length);
  for (let at = 0; at < values.length; at++) {
    values[at] = (values[at] ?? 0) + scale * deviation * draw.normal();
  }
  return new Uint8Array(buffer);
}

function readCard(folder: string, id: string) {
  const path = join(folder, id, 'card.json');
  return { path, card: trainedCardSchema.parse(JSON.parse(readFileSync(path, 'utf8'))) };
}

function describeFile(folder: string, id: string): void {
  const { path, card } = readCard(folder, id);
  const bytes = readFileSync(modelPath(folder, id));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const model = { ...card.files.model, bytes: bytes.length, sha256 };
  writeFileSync(path, JSON.stringify({ ...card, files: { ...card.files, model } }));
}
