import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { modelCardSchema } from '../../contract/card.ts';
import { RandomStream } from '../../task/random.ts';
import { weightsOf } from '../../trainer/model-file.ts';
import { ROOT } from '../../build/paths.ts';
import { readWeights } from './weights.ts';

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
 * Gaussian noise in every weight, and a card that describes the file so: whoever published it did
 * not notice.
 *
 * @param scale of the noise, in standard deviations of each tensor
 */
export function addNoise(folder: string, id: string, scale: number): void {
  const { card } = readCard(folder, id);
  const patchFeatures = card.files.encoder ? card.recipe.model.patchFeatures : 0;
  const config = { ...card.recipe.model, patchFeatures };
  const bytes = readFileSync(modelPath(folder, id));
  // A Buffer's slices would share its memory.
  const weights = readWeights(new Uint8Array(bytes), card.files.model.weightsOffset);
  const draw = new RandomStream([0x9015e, 0, 0, 0]);
  const noisy = [...weights.values()].flatMap((values) => {
    const deviation = Math.hypot(...values) / Math.sqrt(values.length);
    return Array.from(values, (value) => value + scale * deviation * draw.normal());
  });
  const graph = bytes.subarray(0, card.files.model.weightsOffset);
  const { weights: type } = card.files.model;
  const model = Buffer.concat([graph, weightsOf(config, config, Float32Array.from(noisy), type)]);
  if (model.length !== bytes.length) throw new Error('the noisy weights are of another size');
  writeFileSync(modelPath(folder, id), model);
  describeFile(folder, id);
}

function readCard(folder: string, id: string) {
  const path = join(folder, id, 'card.json');
  return { path, card: modelCardSchema.parse(JSON.parse(readFileSync(path, 'utf8'))) };
}

function describeFile(folder: string, id: string): void {
  const { path, card } = readCard(folder, id);
  const bytes = readFileSync(modelPath(folder, id));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const model = { ...card.files.model, bytes: bytes.length, sha256 };
  writeFileSync(path, JSON.stringify({ ...card, files: { ...card.files, model } }));
}
