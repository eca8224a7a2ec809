import { sha256Of } from '../../contract/digest.ts';
import { snapshotManifestSchema } from '../../contract/runtime-snapshot.ts';
import text from '../../dist/runtime-snapshot/manifest.txt';
import type { Runtime } from '../../inference/runtime.ts';
import type { AssetSource } from '../../services/catalogue.ts';
import { startOnnxRuntime } from '../onnx-runtime.ts';
import { startFromSnapshot } from './restore.ts';
import type { Snapshot } from './restoring-functions.ts';

/** Among the assets of the worker (`build/assets.ts`). */
const IMAGE = '_runtime/image.bin';

/**
 * The runtime, started on the first call: from the snapshot that was built with this worker where there is one
 * and it fits, and as usual otherwise.
 */
export function onnxRuntime(assets: AssetSource): () => Promise<Runtime> {
  let starting: Promise<Runtime> | undefined;
  return () => (starting ??= start(assets));
}

async function start(assets: AssetSource): Promise<Runtime> {
  const snapshot = await readSnapshot(assets).catch((error: unknown) => {
    logMisfit(String(error));
    return undefined;
  });
  return snapshot ? startFromSnapshot(snapshot, logMisfit) : startOnnxRuntime();
}

/** @returns undefined where the build made no snapshot, or these assets have none */
async function readSnapshot(assets: AssetSource): Promise<Snapshot | undefined> {
  const manifest = snapshotManifestSchema.nullable().parse(JSON.parse(text));
  const file = manifest && (await assets.read(IMAGE));
  if (!file) return undefined;
  const image = await file.arrayBuffer();
  if ((await sha256Of(image)) !== manifest.sha256) {
    throw new TypeError(`${IMAGE} is not the one of this worker`);
  }
  return { manifest, image };
}

/** Models run all the same; the first request takes longer. */
function logMisfit(detail: string): void {
  console.error(JSON.stringify({ level: 'error', message: 'snapshot not used', detail }));
}
