import { decodeSnapshot, type Snapshot } from '../../contract/runtime-snapshot.ts';
import type { Runtime } from '../../inference/runtime.ts';
import type { AssetSource } from '../../services/catalogue.ts';
import { RUNTIME_VERSION, startOnnxRuntime } from '../onnx-runtime.ts';
import { startFromSnapshot } from './restore.ts';

/** Among the assets of the worker (`build/assets.ts`). */
const SNAPSHOT = '_runtime/snapshot.bin';

/**
 * The runtime, started on the first call: from the snapshot among the assets where there is one and it fits,
 * and as usual otherwise.
 *
 * @param waitUntil keeps the worker alive until the runtime has started, also where the request that asked first has
 *   ended: all others wait for the same start
 */
export function onnxRuntime(
  assets: AssetSource,
  waitUntil: (promise: Promise<unknown>) => void,
): () => Promise<Runtime> {
  let starting: Promise<Runtime> | undefined;
  return () => {
    if (!starting) {
      starting = start(assets);
      waitUntil(starting.catch(() => undefined));
    }
    return starting;
  };
}

async function start(assets: AssetSource): Promise<Runtime> {
  const snapshot = await readSnapshot(assets).catch((error: unknown) => {
    logMisfit(`${SNAPSHOT}: ${String(error)}`);
    return undefined;
  });
  return snapshot ? startFromSnapshot(snapshot, logMisfit) : startOnnxRuntime();
}

/** @returns undefined where the assets have none @throws Error where it is not one of this worker */
async function readSnapshot(assets: AssetSource): Promise<Snapshot | undefined> {
  const file = await assets.read(SNAPSHOT);
  const snapshot = file && (await decodeSnapshot(await file.arrayBuffer()));
  if (snapshot && snapshot.manifest.runtime !== RUNTIME_VERSION) {
    throw new TypeError(`it is of ONNX Runtime ${snapshot.manifest.runtime}`);
  }
  return snapshot;
}

/** Models run all the same; the first request takes longer. */
function logMisfit(detail: string): void {
  console.error(JSON.stringify({ level: 'error', message: 'snapshot not used', detail }));
}
