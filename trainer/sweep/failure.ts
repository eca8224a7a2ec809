import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeAtomically } from '../../node/files.ts';
import type { Job } from './plan.ts';
import type { Failure } from './pool.ts';

/** In the folder of a model that a sweep could not make: the reason. */
export const FAILURE_FILE = 'failed.json';

export const failureSchema = z.object({
  schema: z.literal(1),
  /** Id of the job that failed or was skipped. */
  job: z.string(),
  reason: z.string(),
});

/**
 * Writes a failure file into the folder of every model that could not be made, and deletes those of
 * earlier sweeps.
 *
 * @param failures in the order in which they happened: the first one of a folder caused the others
 */
export function recordFailures(
  jobs: readonly Job[],
  failures: readonly Failure[],
  folderOf: (job: Job) => string,
): void {
  for (const job of jobs) rmSync(join(folderOf(job), FAILURE_FILE), { force: true });
  const first = new Map(failures.toReversed().map((failure) => [folderOf(failure.job), failure]));
  for (const [folder, { job, reason }] of first) {
    mkdirSync(folder, { recursive: true });
    const content = { schema: 1, job: job.id, reason } satisfies z.infer<typeof failureSchema>;
    writeAtomically(join(folder, FAILURE_FILE), `${JSON.stringify(content, null, 2)}\n`);
  }
}
