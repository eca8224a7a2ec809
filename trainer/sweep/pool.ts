import type { Job } from './plan.ts';

export type JobState = 'waiting' | 'running' | 'done' | 'failed' | 'skipped';

/** A job that failed, or that was skipped because a job it needs failed. */
export interface Failure {
  readonly job: Job;
  readonly reason: string;
}

export interface PoolOptions {
  /** Most jobs at a time. */
  readonly slots: number;
  /** Runs one job; rejects when it fails. */
  readonly run: (job: Job) => Promise<void>;
  readonly onState?: (job: Job, state: JobState) => void;
  /** No job is started after it is aborted. */
  readonly signal?: AbortSignal;
}

/**
 * Runs jobs, each as soon as a slot is free and the jobs it needs are done. Where a job fails, the jobs
 * that need it are skipped, and no others.
 *
 * @returns failures in the order in which they happened, those of skipped jobs included
 */
export async function runPool(jobs: readonly Job[], options: PoolOptions): Promise<Failure[]> {
  const { slots, run, onState, signal } = options;
  const states = new Map<string, JobState>(jobs.map(({ id }) => [id, 'waiting']));
  const failures: Failure[] = [];
  const running = new Map<string, Promise<void>>();
  const setState = (job: Job, state: JobState) => {
    states.set(job.id, state);
    onState?.(job, state);
  };
  const fail = (job: Job, state: 'failed' | 'skipped', reason: string) => {
    setState(job, state);
    failures.push({ job, reason });
  };
  const waiting = () => jobs.filter(({ id }) => states.get(id) === 'waiting');

  for (;;) {
    for (const job of waiting()) {
      const failed = job.after.find((id) => ['failed', 'skipped'].includes(states.get(id) ?? ''));
      if (failed !== undefined) fail(job, 'skipped', `it needs "${failed}"`);
    }
    const ready = waiting().filter(({ after }) => after.every((id) => states.get(id) === 'done'));
    for (const job of signal?.aborted ? [] : ready.slice(0, slots - running.size)) {
      setState(job, 'running');
      const work = run(job).then(
        () => {
          setState(job, 'done');
        },
        (error: unknown) => {
          fail(job, 'failed', error instanceof Error ? error.message : String(error));
        },
      );
      running.set(
        job.id,
        work.finally(() => running.delete(job.id)),
      );
    }
    if (running.size === 0) return failures;
    await Promise.race(running.values());
  }
}
