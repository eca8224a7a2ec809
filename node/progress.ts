import { SingleBar } from 'cli-progress';
import { z } from 'zod';

/** What a child process reports to its parent: the fraction that is done, 0 to 1, and a status line. */
export const progressMessageSchema = z.object({ done: z.number(), status: z.string() });

/**
 * Reports progress to the parent process.
 *
 * @returns false when no parent listens (the process was not started with an IPC channel)
 */
export function reportToParent(done: number, status: string): boolean {
  if (!process.send) return false;
  process.send({ done, status } satisfies z.infer<typeof progressMessageSchema>);
  return true;
}

/**
 * Shows a progress bar, or reports to the parent process, during some work.
 *
 * @param label what is being done
 * @param work calls `onProgress` with the fraction that is done, 0 to 1
 */
export async function withProgressBar<T>(
  label: string,
  work: (onProgress: (done: number) => void) => Promise<T>,
): Promise<T> {
  const bar = new SingleBar({ format: `${label} {bar} {percentage}% | {eta_formatted} left` });
  if (!reportToParent(0, label)) bar.start(100, 0);
  return work((done) => {
    if (!reportToParent(done, label)) bar.update(Math.round(100 * done));
  }).finally(() => {
    bar.stop();
  });
}
