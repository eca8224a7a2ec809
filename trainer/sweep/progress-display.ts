import { MultiBar, type SingleBar } from 'cli-progress';
import type { Job } from './plan.ts';
import type { JobState } from './pool.ts';

/** On a terminal a bar for the sweep and one for each running job; otherwise a line per event. */
export class ProgressDisplay {
  readonly #bars = process.stderr.isTTY
    ? new MultiBar({
        format: '{name} {bar} {percentage}% | {status}',
        hideCursor: true,
        clearOnComplete: true,
      })
    : undefined;
  readonly #total: SingleBar | undefined;
  readonly #running = new Map<string, SingleBar>();

  constructor(jobs: number) {
    this.#total = this.#bars?.create(jobs, 0, { name: 'all jobs', status: '' });
  }

  /** Shows that a job started or ended. */
  setState({ id }: Job, state: JobState): void {
    if (state === 'running') this.#start(id);
    else if (state !== 'waiting') this.#end(id, state);
  }

  /** @param done fraction of the job, 0 to 1 */
  update({ id }: Job, done: number, status: string): void {
    this.#running.get(id)?.update(Math.round(1000 * done), { status });
  }

  close(): void {
    this.#bars?.stop();
  }

  #start(id: string): void {
    const bar = this.#bars?.create(1000, 0, { name: id, status: '' });
    if (bar) this.#running.set(id, bar);
    else console.log(`started: ${id}`);
  }

  #end(id: string, state: JobState): void {
    if (!this.#bars) {
      console.log(`${state}: ${id}`);
      return;
    }
    const bar = this.#running.get(id);
    if (bar) this.#bars.remove(bar);
    this.#running.delete(id);
    this.#total?.increment(1, { status: `${id}: ${state}` });
  }
}
