import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { modelCardSchema } from '../../contract/card.ts';
import { modelFacts } from '../../contract/model-facts.ts';
import { readJson, sha256 } from '../../node/files.ts';
import { buildOnce, isBuilt } from '../once.ts';
import { ROOT } from '../paths.ts';
import type { FileToOpen } from './snapshot-worker.ts';

/**
 * Builds the snapshot of ONNX Runtime's memory from which the worker starts
 * ([decision 14](../../docs/decisions/0014-start-from-a-snapshot.md)).
 */

/** Deployed with the worker. */
const SNAPSHOT_FILE = join(ROOT, 'dist/runtime-snapshot.bin');

const NAME = 'runtime-snapshot';

/** The models of the front page. */
const MODELS = ['text-only', 'image-text'] as const;

/** What the snapshot is made from, within the repository. */
export const SOURCES = [
  ...['task', 'contract', 'statistics', 'onnx', 'inference', 'worker/snapshot', 'build/snapshot'],
  ...['worker/onnx-runtime.ts', 'package-lock.json', 'wrangler.toml'],
  ...MODELS.flatMap((id) =>
    ['model.onnx', 'encoder.onnx', 'card.json'].map((name) => `models/${id}/${name}`),
  ),
];

/**
 * Builds the snapshot unless it was built from the same sources before.
 *
 * @returns its file; undefined where it cannot be built: then the worker starts ONNX Runtime as usual
 */
export const buildSnapshot = () =>
  buildOrGoWithout(SNAPSHOT_FILE, (write) =>
    buildOnce(NAME, SOURCES, async () => {
      // Loading Miniflare takes a while.
      const { takeSnapshot } = await import('./snapshot-worker.ts');
      write(await takeSnapshot(MODELS.flatMap(filesOf)));
    }),
  );

/** @returns the file of a snapshot that was built from these sources; undefined where there is none */
export const builtSnapshot = (): string | undefined =>
  isBuilt(NAME, SOURCES) ? SNAPSHOT_FILE : undefined;

/** @param build is given what writes the file */
export async function buildOrGoWithout(
  file: string,
  build: (write: (content: Uint8Array) => void) => Promise<void>,
): Promise<string | undefined> {
  try {
    await build((content) => {
      writeFileSync(file, content);
    });
    return file;
  } catch (error) {
    console.warn(`ONNX Runtime will start without a snapshot: ${String(error)}`);
    rmSync(file, { force: true });
    return undefined;
  }
}

/** The files that a model's sessions are opened from. @throws Error where one is not that of the card */
export function filesOf(id: string): FileToOpen[] {
  const folder = join(ROOT, 'models', id);
  const card = readJson(join(folder, 'card.json'), modelCardSchema);
  const { model, encoder } = card.files;
  const { featureWidth } = modelFacts(card);
  const file = (kind: FileToOpen['kind'], name: string, digest: string): FileToOpen => {
    const bytes = new Uint8Array(readFileSync(join(folder, name)));
    if (sha256(bytes) !== digest) throw new Error(`${id}/${name} is not the file of its card`);
    return { sha256: digest, kind, featureWidth, bytes };
  };
  return [
    file('model', model.name, model.sha256),
    ...(encoder ? [file('encoder', encoder.name, encoder.sha256)] : []),
  ];
}
