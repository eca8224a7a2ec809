import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { modelCardSchema } from '../../contract/card.ts';
import { modelFacts } from '../../contract/model-facts.ts';
import { readJson, sha256 } from '../../node/files.ts';
import { writeIfChanged } from '../files.ts';
import { buildOnce } from '../once.ts';
import { ROOT } from '../paths.ts';
import {
  bundleSnapshotWorker,
  recordSnapshot,
  restoreSnapshot,
  type FileToOpen,
  type Snapshot,
} from './snapshot-worker.ts';

/**
 * Builds the snapshot of ONNX Runtime's memory from which the worker starts
 * ([decision 14](../../docs/decisions/0014-start-from-a-snapshot.md)).
 */

const DIRECTORY = 'dist/runtime-snapshot';
const IMAGE = 'image.bin';
const MANIFEST = 'manifest.txt';

/** The pages of memory that hold anything; deployed with the worker. */
export const SNAPSHOT_IMAGE = join(ROOT, DIRECTORY, IMAGE);

/** What the worker knows of the image, within the repository; `null` is in it where there is none. */
export const SNAPSHOT_MANIFEST = join(DIRECTORY, MANIFEST);

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

/** Builds the snapshot unless it was built from the same sources before. */
export const buildSnapshot = () =>
  buildOrGoWithout(join(ROOT, DIRECTORY), (write) =>
    buildOnce('runtime-snapshot', SOURCES, async () => {
      write(await takeSnapshot(MODELS.flatMap(filesOf)));
    }),
  );

/**
 * Where the build of a snapshot fails, there is none, and the worker starts ONNX Runtime as usual.
 *
 * @param build is given what writes the snapshot
 */
export async function buildOrGoWithout(
  directory: string,
  build: (write: (snapshot: Snapshot) => void) => Promise<void>,
): Promise<void> {
  const image = join(directory, IMAGE);
  const manifest = join(directory, MANIFEST);
  mkdirSync(directory, { recursive: true });
  try {
    await build((snapshot) => {
      writeFileSync(image, snapshot.image);
      writeIfChanged(manifest, JSON.stringify(snapshot.manifest));
    });
  } catch (error) {
    console.warn(`ONNX Runtime will start without a snapshot: ${String(error)}`);
    rmSync(image, { force: true });
    writeIfChanged(manifest, 'null');
  }
}

/** @throws Error where ONNX Runtime is not as expected, or its logits differ after a start from the snapshot */
async function takeSnapshot(files: readonly FileToOpen[]): Promise<Snapshot> {
  const worker = await bundleSnapshotWorker();
  const { logits, ...snapshot } = await recordSnapshot(worker, files);
  const restored = await restoreSnapshot(worker, snapshot, files);
  if (logits.length === 0 || Buffer.compare(logits, restored) !== 0) {
    throw new Error('a start from the snapshot gives other logits than one as usual');
  }
  return snapshot;
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
