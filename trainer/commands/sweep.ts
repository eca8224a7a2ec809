import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ChildJobs } from '../sweep/child-jobs.ts';
import { recordFailures } from '../sweep/failure.ts';
import { modelLocation, planSweep, type Job, type SweepOptions } from '../sweep/plan.ts';
import { runPool, type Failure } from '../sweep/pool.ts';
import { ProgressDisplay } from '../sweep/progress-display.ts';

export interface SweepCommandOptions extends SweepOptions {
  /** Most processes at a time. */
  readonly jobs: number;
  /** Prints the commands and runs none. */
  readonly dryRun?: boolean;
}

/**
 * Trains, exports and probes runs, several at a time. Every job is a command that continues where it was
 * stopped, and so does the sweep.
 */
export async function runSweep(options: SweepCommandOptions): Promise<void> {
  const jobs = planSweep(options);
  if (options.dryRun) {
    for (const { command } of jobs) console.log(command.join(' '));
    return;
  }
  const started = Date.now();
  const stop = new AbortController();
  const children = new ChildJobs();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      stop.abort();
      children.stop();
    });
  }
  const display = new ProgressDisplay(jobs.length);
  const failures = await runPool(jobs, {
    slots: options.jobs,
    signal: stop.signal,
    run: async (job) => {
      if (isUpToDate(job)) return;
      await children.run(job, (done, status) => {
        display.update(job, done, status);
      });
    },
    onState: (job, state) => {
      display.setState(job, state);
    },
  });
  display.close();
  if (stop.signal.aborted) {
    console.log('stopped; run the same command to continue');
    return;
  }
  report(jobs, failures, options);
  const minutes = Math.round((Date.now() - started) / 60_000);
  console.log(`all ${jobs.length} jobs are done, after ${minutes} min`);
}

function isUpToDate({ output }: Job): boolean {
  if (!output || !existsSync(output.file)) return false;
  return statSync(output.file).mtimeMs >= statSync(output.source).mtimeMs;
}

/** Prints failures and records them where the models would be, so that the results list them. */
function report(
  jobs: readonly Job[],
  failures: readonly Failure[],
  options: Pick<SweepOptions, 'models' | 'results'>,
): void {
  for (const { job, reason } of failures) console.error(`${job.id}: ${reason}`);
  recordFailures(jobs, failures, ({ run }) => {
    const { folder, id } = modelLocation(run, options);
    return join(folder, id);
  });
  if (failures.length > 0) throw new Error(`${failures.length} of ${jobs.length} jobs failed`);
}
