import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readJson, writeAtomically } from '../../../node/files.ts';
import type { Job } from '../plan.ts';

/** Where a sweep keeps what it submitted to Slurm: a folder for each job, and the batch scripts. */
export const SLURM_FOLDER = join('runs', 'slurm');

/** A name for files: letters, digits, dots, commas and hyphens. */
export const fileNameOf = (name: string): string => name.replace(/[^a-zA-Z0-9.,]+/g, '-');

const submissionSchema = z.object({
  /** `12`, or `12_0` for an element of an array. */
  slurmId: z.string(),
  /** Arguments of the trainer. */
  command: z.array(z.string()),
});
export type Submission = z.infer<typeof submissionSchema>;

/** The files of one job: its last submission, its log, and how it ended. */
export class JobFiles {
  readonly folder: string;

  constructor({ id }: Pick<Job, 'id'>) {
    this.folder = join(SLURM_FOLDER, fileNameOf(id));
  }

  /** Makes the folder, without the end of an earlier submission. */
  prepare(): void {
    mkdirSync(this.folder, { recursive: true });
    rmSync(this.#exitStatus, { force: true });
  }

  recordSubmission(submission: Submission): void {
    writeAtomically(this.#submission, `${JSON.stringify(submission, null, 2)}\n`);
  }

  /** The last submission, if there was one. */
  submission(): Submission | undefined {
    if (!existsSync(this.#submission)) return undefined;
    return readJson(this.#submission, submissionSchema);
  }

  /** The exit status of the job's command, once it ended by itself. */
  exitStatus(): number | undefined {
    if (!existsSync(this.#exitStatus)) return undefined;
    return Number(readFileSync(this.#exitStatus, 'utf8'));
  }

  /** The last error that the command printed. */
  lastError(): string | undefined {
    const log = join(this.folder, 'log');
    if (!existsSync(log)) return undefined;
    return [...readFileSync(log, 'utf8').matchAll(/^error: (.*)$/gm)].at(-1)?.[1];
  }

  get #submission(): string {
    return join(this.folder, 'submission.json');
  }

  get #exitStatus(): string {
    return join(this.folder, 'exit-status');
  }
}
