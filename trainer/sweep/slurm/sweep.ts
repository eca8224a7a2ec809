import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineName } from '../../engines/index.ts';
import type { Job } from '../plan.ts';
import type { Failure } from '../pool.ts';
import { resourcesOf } from '../resources.ts';
import { dependencyOf, groupBySeed, nameOf } from './arrays.ts';
import { batchScript } from './batch-script.ts';
import { submitScript } from './commands.ts';
import { fileNameOf, JobFiles, SLURM_FOLDER } from './job-files.ts';
import { readJobStates } from './job-states.ts';

export interface SlurmOptions {
  readonly engine: EngineName;
  /** Options of sbatch for all jobs, by their long names; they replace those of the plan. */
  readonly options: Readonly<Record<string, string>>;
}

/** The jobs of a sweep on a Slurm cluster whose nodes share this folder and Node. */
export class SlurmSweep {
  /** Slurm's ids of the jobs that wait or run. */
  readonly #slurmIds = new Map<string, string>();

  constructor(
    private readonly jobs: readonly Job[],
    private readonly options: SlurmOptions,
  ) {}

  /**
   * Submits the jobs that are neither done nor in the queue, each with its dependencies. Jobs that differ in the
   * seed alone become an array where sbatch can express what each element needs.
   */
  async submit(): Promise<void> {
    const states = await readJobStates(this.jobs);
    const missing = new Set<string>();
    for (const { id, after } of this.jobs) {
      const state = states.get(id);
      if (state && 'slurmId' in state) this.#slurmIds.set(id, state.slurmId);
      else if (state?.state !== 'done' || after.some((needed) => missing.has(needed)))
        missing.add(id);
      if (state?.state === 'failed') console.log(`failed before: ${id}: ${state.reason}`);
    }
    for (const group of groupBySeed(this.jobs.filter(({ id }) => missing.has(id)))) {
      await this.#submitGroup(group);
    }
    const { length } = this.jobs;
    console.log(
      `submitted ${missing.size} of ${length} jobs; ${this.#slurmIds.size - missing.size} were in the ` +
        `queue, ${length - this.#slurmIds.size} are done; logs are in ${SLURM_FOLDER}`,
    );
  }

  /** Prints the state of every job. @returns failures, those of skipped jobs included */
  async status(): Promise<Failure[]> {
    const states = await readJobStates(this.jobs);
    const counts = new Map<string, number>();
    const failures: Failure[] = [];
    for (const job of this.jobs) {
      const status = states.get(job.id);
      if (!status) continue;
      const { state } = status;
      counts.set(state, (counts.get(state) ?? 0) + 1);
      if ('reason' in status) failures.push({ job, reason: status.reason });
      const slurmId = 'slurmId' in status ? `, as ${status.slurmId}` : '';
      console.log(`${state}: ${job.id}${slurmId}`);
    }
    console.log([...counts].map(([state, count]) => `${count} ${state}`).join(', '));
    return failures;
  }

  /** Submits jobs that differ in the seed as one array, or one by one. */
  async #submitGroup(jobs: readonly Job[]): Promise<void> {
    const dependency = dependencyOf(jobs, (id) => this.#slurmIds.get(id));
    if (dependency === undefined) {
      for (const job of jobs) await this.#submitGroup([job]);
      return;
    }
    const name = nameOf(jobs);
    for (const job of jobs) new JobFiles(job).prepare();
    const id = await submitScript(this.#writeScript(name, jobs), dependency);
    for (const job of jobs) {
      const slurmId = jobs.length === 1 ? id : `${id}_${job.run.seed}`;
      new JobFiles(job).recordSubmission({ slurmId, command: [...job.command] });
      this.#slurmIds.set(job.id, slurmId);
    }
    console.log(`submitted: ${name}, as ${id}${dependency === '' ? '' : `, ${dependency}`}`);
  }

  /** @returns its path */
  #writeScript(name: string, jobs: readonly Job[]): string {
    const [first] = jobs;
    if (!first) throw new Error('a batch job without a command');
    const { cpus, memory, minutes, gpus } = resourcesOf(first, this.options.engine);
    const script = batchScript({
      name,
      commands: jobs.map((job) => ({
        index: job.run.seed,
        folder: new JobFiles(job).folder,
        words: [...thisProgram(), ...job.command],
      })),
      options: {
        'cpus-per-task': String(cpus),
        mem: `${memory}M`,
        time: String(minutes),
        ...(gpus > 0 && { gres: `gpu:${gpus}` }),
        ...this.options.options,
      },
    });
    const folder = join(SLURM_FOLDER, 'scripts');
    mkdirSync(folder, { recursive: true });
    const path = join(folder, `${fileNameOf(name)}.sh`);
    writeFileSync(path, script);
    return path;
  }
}

/** The words that run this program again. */
function thisProgram(): string[] {
  const [node, program] = process.argv;
  if (node === undefined || program === undefined) {
    throw new Error('this process has no program file to run jobs with');
  }
  return [node, ...process.execArgv, program];
}
