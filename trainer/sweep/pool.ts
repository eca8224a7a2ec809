import type { Job } from './plan.ts';

export type JobState = 'waiting' | 'running' | 'done' | 'failed' | 'skipped';

/** How a job ended that did not end well. */
export interface Failure {
  readonly job: Job;
  readonly reason: string;
}

export interface PoolOptions {
  /** Jobs at a time. */
  readonly slots: number;
  /** Does one job; rejects with what went wrong. */
  readonly run: (job: Job) => Promise<void>;
  readonly onState?: (job: Job, state: JobState) => void;
  /** No job is started after this. */
  readonly signal?: AbortSignal;
}

/**
 * Runs jobs, each as soon as a slot is free and what it waits for has ended well. A job that fails
 * takes those along that wait for it, and no other.
 *
 * @returns what failed and, with the failed job named, what was skipped for it
 */
export async function runPool(jobs: readonly Job[], options: PoolOptions): Promise<Failure[]> {
  const { slots, run, onState = () => undefined, signal } = options;
  const states = new Map<string, JobState>(jobs.map(({ id }) => [id, 'waiting']));
  const failures: Failure[] = [];
  const running = new Map<string, Promise<void>>();
  const turn = (job: Job, state: JobState) => {
    states.set(job.id, state);
    onState(job, state);
  };
  const fail = (job: Job, state: 'failed' | 'skipped', reason: string) => {
    turn(job, state);
    failures.push({ job, reason });
  };
  const waiting = () => jobs.filter(({ id }) => states.get(id) === 'waiting');

  for (;;) {
    for (const job of waiting()) {
      const broken = job.after.find((id) => ['failed', 'skipped'].includes(states.get(id) ?? ''));
      if (broken !== undefined) fail(job, 'skipped', `it needs "${broken}"`);
    }
    const ready = waiting().filter(({ after }) => after.every((id) => states.get(id) === 'done'));
    for (const job of signal?.aborted ? [] : ready.slice(0, slots - running.size)) {
      turn(job, 'running');
      const work = run(job).then(
        () => {
          turn(job, 'done');
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
