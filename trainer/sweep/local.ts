import { ChildJobs } from './child-jobs.ts';
import type { Job } from './plan.ts';
import { runPool, type Failure } from './pool.ts';
import { ProgressDisplay } from './progress-display.ts';
import { isUpToDate } from './up-to-date.ts';

/**
 * Runs jobs as processes of this machine, and shows their progress. A signal asks them to save and stop.
 *
 * @param slots most processes at a time
 * @returns the failures, or undefined where it was stopped
 */
export async function runLocally(
  jobs: readonly Job[],
  slots: number,
): Promise<Failure[] | undefined> {
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
    slots,
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
  return stop.signal.aborted ? undefined : failures;
}
