import { fork, type ChildProcess } from 'node:child_process';
import { progressMessageSchema } from '../../node/progress.ts';
import type { Job } from './plan.ts';

/** Runs jobs as child processes: each is the program of this process with the arguments of the job. */
export class ChildJobs {
  readonly #children = new Set<ChildProcess>();

  /** @throws Error with the reason that the child printed, or its exit status */
  async run(job: Job, onProgress: (done: number, status: string) => void): Promise<void> {
    const [, program] = process.argv;
    if (program === undefined) throw new Error('this process has no program file to run jobs with');
    const child = fork(program, job.command, { silent: true });
    this.#children.add(child);
    let errors = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      errors += chunk.toString();
    });
    child.on('message', (message) => {
      const { done, status } = progressMessageSchema.parse(message);
      onProgress(done, status);
    });
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    }).finally(() => this.#children.delete(child));
    if (code === 0) return;
    throw new Error(/^error: (.*)$/m.exec(errors)?.[1] ?? `exit status ${code ?? 'unknown'}`);
  }

  /** Asks all running jobs to save and stop. */
  stop(): void {
    for (const child of this.#children) child.kill('SIGTERM');
  }
}
