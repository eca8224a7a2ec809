import type { Snapshot } from '../../contract/runtime-snapshot.ts';
import type { Runtime } from '../../inference/runtime.ts';
import { startOnnxRuntime } from '../onnx-runtime.ts';
import { restoringFunctions } from './restoring-functions.ts';

/**
 * Starts ONNX Runtime with the memory of a runtime that had sessions open. Where the started binary is not as
 * the snapshot expects it, it starts as usual, without sessions.
 *
 * @param onMisfit is told why then
 */
export async function startFromSnapshot(
  snapshot: Snapshot,
  onMisfit: (reason: string) => void,
): Promise<Runtime> {
  const sessions = new Map<string, number>();
  const runtime = await startOnnxRuntime((binary) =>
    restoringFunctions(binary, snapshot, sessions, onMisfit),
  );
  return {
    ...runtime,
    restore: (sha256) =>
      sessions.has(sha256)
        ? runtime.InferenceSession.create(new TextEncoder().encode(sha256))
        : undefined,
  };
}
