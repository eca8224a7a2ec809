import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKPOINT_FILE } from '../../checkpoint.ts';
import { runDirectory } from '../../run-key.ts';
import type { Job } from '../plan.ts';
import { isUpToDate } from '../up-to-date.ts';
import { readAccounting, readQueue } from './commands.ts';
import { JobFiles } from './job-files.ts';

/** What became of a job of a sweep. */
export type SlurmJobState =
  | { readonly state: 'not submitted' | 'done' }
  | { readonly state: 'waiting' | 'running'; readonly slurmId: string }
  | { readonly state: 'failed' | 'skipped'; readonly reason: string };

/**
 * Reads the states of jobs from their files, the queue, and Slurm's accounting where the cluster has it.
 *
 * @param jobs each after the jobs that it needs
 * @throws Error where a job waits or runs with other options
 */
export async function readJobStates(jobs: readonly Job[]): Promise<Map<string, SlurmJobState>> {
  const queue = await readQueue();
  const gone = jobs.flatMap((job) => {
    const files = new JobFiles(job);
    const id = files.submission()?.slurmId;
    return id !== undefined && !queue.has(id) && files.exitStatus() === undefined ? [id] : [];
  });
  const accounting = await readAccounting(gone);
  const states = new Map<string, SlurmJobState>();
  for (const job of jobs) states.set(job.id, stateOf(job, states, queue, accounting));
  return states;
}

function stateOf(
  job: Job,
  earlier: ReadonlyMap<string, SlurmJobState>,
  queue: ReadonlyMap<string, string>,
  accounting: ReadonlyMap<string, string>,
): SlurmJobState {
  const files = new JobFiles(job);
  const submission = files.submission();
  if (!submission) return { state: isUpToDate(job) ? 'done' : 'not submitted' };
  const { slurmId, command } = submission;
  const same = command.join('\n') === job.command.join('\n');
  const status = files.exitStatus();
  const queued = status === undefined ? queue.get(slurmId) : undefined;
  if (queued !== undefined) {
    if (!same) {
      throw new Error(
        `"${job.id}" is in the queue with other options (${command.join(' ')}): ` +
          `wait until it is done, or cancel it with: scancel ${slurmId}`,
      );
    }
    return { state: queued === 'PENDING' ? 'waiting' : 'running', slurmId };
  }
  if (!same) return { state: 'not submitted' };
  if (status === 0) return { state: hasResult(job) ? 'done' : 'not submitted' };
  if (status !== undefined) {
    return { state: 'failed', reason: files.lastError() ?? `exit status ${status}` };
  }
  const needed = job.after.find((id) => isFailure(earlier.get(id)));
  if (needed !== undefined) return { state: 'skipped', reason: `it needs "${needed}"` };
  const slurmState = accounting.get(slurmId);
  return {
    state: 'failed',
    reason:
      slurmState === undefined
        ? `Slurm ended job ${slurmId}: cancelled, out of memory or time, or its node failed`
        : `Slurm ended job ${slurmId}: ${slurmState}`,
  };
}

const isFailure = (state: SlurmJobState | undefined): boolean =>
  state?.state === 'failed' || state?.state === 'skipped';

/** Whether what a job made is still there. */
function hasResult(job: Job): boolean {
  if (job.output) return isUpToDate(job);
  if (job.command[0] !== 'train') return true;
  return existsSync(join(runDirectory(job.run), CHECKPOINT_FILE));
}
