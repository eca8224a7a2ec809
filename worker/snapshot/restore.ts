import type { Snapshot } from '../../contract/runtime-snapshot.ts';
import type { Runtime } from '../../inference/runtime.ts';
import { startOnnxRuntime } from '../onnx-runtime.ts';
import { restoringFunctions } from './restoring-functions.ts';

/**
 * Starts ONNX Runtime with the memory of a runtime that had sessions open. Where the started binary is not as
 * the snapshot expects it, it starts as usual, without sessions.
 *
 * @param onMisfit gets the reason then
 */
export async function startFromSnapshot(
  snapshot: Snapshot,
  onMisfit: (reason: string) => void,
): Promise<Runtime> {
  const sessions = new Map<string, number>();
  const runtime = await startOnnxRuntime((binary) =>
    restoringFunctions(binary, snapshot, sessions, onMisfit),
  );
  return withSessions(runtime, sessions);
}

/** Made outside of the function above, so that it does not hold on to the snapshot. */
const withSessions = (runtime: Runtime, sessions: ReadonlyMap<string, number>): Runtime => ({
  ...runtime,
  restore: (sha256) =>
    sessions.has(sha256)
      ? runtime.InferenceSession.create(new TextEncoder().encode(sha256))
      : undefined,
});
