import { join } from 'node:path';
import type { EngineName } from '../engines/index.ts';
import { recordFailures } from '../sweep/failure.ts';
import { runLocally } from '../sweep/local.ts';
import { planDocument } from '../sweep/plan-document.ts';
import { modelLocation, planSweep, type Job, type SweepOptions } from '../sweep/plan.ts';
import type { Failure } from '../sweep/pool.ts';
import { SlurmSweep, type SlurmOptions } from '../sweep/slurm/sweep.ts';

export const EXECUTORS = ['local', 'slurm'] as const;

export interface SweepCommandOptions extends SweepOptions {
  readonly engine: EngineName;
  /** Most processes at a time, of the local executor. */
  readonly jobs: number;
  readonly executor: (typeof EXECUTORS)[number];
  /** Options of sbatch, see `SlurmOptions`. */
  readonly slurmOption?: SlurmOptions['options'];
  /** Prints what became of the jobs that were submitted to Slurm. */
  readonly status?: boolean;
  /** Prints the commands and runs none. */
  readonly dryRun?: boolean;
  /** Prints the plan as JSON. */
  readonly json?: boolean;
}

/**
 * Trains, exports and probes runs, several at a time. Every job is a command that continues where it was
 * stopped, and so does the sweep.
 */
export async function runSweep(options: SweepCommandOptions): Promise<void> {
  refuseContradictions(options);
  const { engine, executor, status } = options;
  const jobs = planSweep(options);
  if (options.dryRun) {
    if (options.json) console.log(JSON.stringify(planDocument(jobs, engine), null, 2));
    else for (const { command } of jobs) console.log(command.join(' '));
    return;
  }
  if (executor === 'slurm') {
    const sweep = new SlurmSweep(jobs, { engine, options: options.slurmOption ?? {} });
    if (status) report(jobs, await sweep.status(), options);
    else await sweep.submit();
    return;
  }
  const started = Date.now();
  const failures = await runLocally(jobs, options.jobs);
  if (!failures) {
    console.log('stopped; run the same command to continue');
    return;
  }
  report(jobs, failures, options);
  const minutes = Math.round((Date.now() - started) / 60_000);
  console.log(`all ${jobs.length} jobs are done, after ${minutes} min`);
}

/** @throws Error where an option has no effect beside the others */
function refuseContradictions(options: SweepCommandOptions): void {
  const { executor, status, slurmOption, dryRun, json } = options;
  if (json && !dryRun) throw new Error('--json prints the plan: use it with --dry-run');
  if (executor === 'slurm') return;
  if (status) throw new Error('--status is for --executor slurm: the local one shows its progress');
  if (slurmOption) throw new Error('--slurm-option is for --executor slurm');
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
