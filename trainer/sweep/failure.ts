import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeAtomically } from '../../node/files.ts';
import type { Job } from './plan.ts';
import type { Failure } from './pool.ts';

/** Beside the cards of a sweep: why a branch has none. */
export const FAILURE_FILE = 'failed.json';

export const failureSchema = z.object({
  schema: z.literal(1),
  /** The job that failed, or that was skipped because another did. */
  job: z.string(),
  reason: z.string(),
});

/**
 * Leaves a note in the folder of every branch that failed, and takes those of earlier sweeps away.
 *
 * @param failures in the order in which they came: the first of a folder is why, the others are for want
 *   of it
 */
export function noteFailures(
  jobs: readonly Job[],
  failures: readonly Failure[],
  folderOf: (job: Job) => string,
): void {
  for (const job of jobs) rmSync(join(folderOf(job), FAILURE_FILE), { force: true });
  const first = new Map(failures.toReversed().map((failure) => [folderOf(failure.job), failure]));
  for (const [folder, { job, reason }] of first) {
    mkdirSync(folder, { recursive: true });
    const note = { schema: 1, job: job.id, reason } satisfies z.infer<typeof failureSchema>;
    writeAtomically(join(folder, FAILURE_FILE), `${JSON.stringify(note, null, 2)}\n`);
  }
}
