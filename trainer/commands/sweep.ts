import { fork, type ChildProcess } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { MultiBar, type SingleBar } from 'cli-progress';
import { placeOf, planSweep, type Job, type SweepOptions } from '../sweep/plan.ts';
import { runPool, type Failure } from '../sweep/pool.ts';
import { noteFailures } from '../sweep/failure.ts';
import { progressMessageSchema } from '../../node/progress.ts';

export interface SweepArguments extends Omit<SweepOptions, 'seeds'> {
  readonly seeds: readonly number[];
  readonly jobs: number;
  readonly dryRun?: boolean;
}

/**
 * Trains and measures every branch, several at a time. Each job is a command of this program that goes
 * on where it was stopped, and so does the sweep.
 */
export async function runSweep(options: SweepArguments): Promise<void> {
  const jobs = planSweep(options);
  if (options.dryRun) {
    for (const { command } of jobs) console.log(command.join(' '));
    return;
  }
  const started = Date.now();
  const stop = new AbortController();
  const children = new Set<ChildProcess>();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      stop.abort();
      for (const child of children) child.kill('SIGTERM');
    });
  }
  const display = new Display(jobs.length);
  const failures = await runPool(jobs, {
    slots: options.jobs,
    signal: stop.signal,
    run: (job) => (isMade(job) ? Promise.resolve() : runJob(job, children, display)),
    onState: (job, state) => {
      if (state === 'running') display.start(job);
      else if (state !== 'waiting') display.end(job, state);
    },
  });
  display.close();
  if (stop.signal.aborted) {
    console.log('stopped; the same command goes on from here');
    return;
  }
  report(jobs, failures, options);
  const minutes = Math.round((Date.now() - started) / 60_000);
  console.log(`all ${jobs.length} jobs are done, after ${minutes} min`);
}

function isMade({ target }: Job): boolean {
  if (!target || !existsSync(target.file)) return false;
  return statSync(target.file).mtimeMs >= statSync(target.source).mtimeMs;
}

function runJob(job: Job, children: Set<ChildProcess>, display: Display): Promise<void> {
  return new Promise((resolve, reject) => {
    const [, entry] = process.argv;
    const child = fork(entry, job.command, { silent: true });
    children.add(child);
    let errors = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      errors += chunk.toString();
    });
    child.on('message', (message) => {
      const { done, status } = progressMessageSchema.parse(message);
      display.update(job, done, status);
    });
    child.on('error', reject);
    child.on('close', (code) => {
      children.delete(child);
      const [reason] = errors.split('\n').filter((line) => line.startsWith('error: '));
      if (code === 0) resolve();
      else reject(new Error(reason ? reason.slice('error: '.length) : `exit status ${code}`));
    });
  });
}

/** A branch that failed leaves a note where its results would be, so that no table forgets it. */
function report(
  jobs: readonly Job[],
  failures: readonly Failure[],
  options: Pick<SweepOptions, 'models' | 'results'>,
): void {
  for (const { job, reason } of failures) console.error(`${job.id}: ${reason}`);
  noteFailures(jobs, failures, ({ branch }) => {
    const { folder, id } = placeOf(branch, options);
    return join(folder, id);
  });
  if (failures.length > 0) throw new Error(`${failures.length} of ${jobs.length} jobs failed`);
}

/** Where somebody looks on, one bar for the whole and one for each job that is running; else a line a job. */
class Display {
  readonly #bars = process.stderr.isTTY
    ? new MultiBar({
        format: '{name} {bar} {percentage}% | {words}',
        hideCursor: true,
        clearOnComplete: true,
      })
    : undefined;
  readonly #all: SingleBar | undefined;
  readonly #running = new Map<string, SingleBar>();

  constructor(jobs: number) {
    this.#all = this.#bars?.create(jobs, 0, { name: 'all jobs', words: '' });
  }

  start({ id }: Job): void {
    const bar = this.#bars?.create(1000, 0, { name: id, words: '' });
    if (bar) this.#running.set(id, bar);
    else console.log(`started: ${id}`);
  }

  update({ id }: Job, done: number, words: string): void {
    this.#running.get(id)?.update(Math.round(1000 * done), { words });
  }

  end({ id }: Job, state: string): void {
    if (!this.#bars) {
      console.log(`${state}: ${id}`);
      return;
    }
    const bar = this.#running.get(id);
    if (bar) this.#bars.remove(bar);
    this.#running.delete(id);
    this.#all?.increment(1, { words: `${id}: ${state}` });
  }

  close(): void {
    this.#bars?.stop();
  }
}
