import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/**
 * Runs a command of Slurm.
 *
 * @returns what it printed
 * @throws Error with what it complained about, or that it is not installed
 */
async function slurm(command: string, args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(command, args);
    return stdout;
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    if ('code' in cause && cause.code === 'ENOENT') {
      throw new Error(`there is no ${command} here: run this where Slurm is installed`, { cause });
    }
    const complaint = 'stderr' in cause ? String(cause.stderr).trim() : '';
    throw new Error(complaint || cause.message, { cause });
  }
}

/** Submits a batch script. @returns Slurm's id of the job */
export async function submitScript(script: string, dependency: string): Promise<string> {
  const after = dependency === '' ? [] : [`--dependency=${dependency}`];
  const output = await slurm('sbatch', ['--parsable', ...after, script]);
  // In a federation the name of the cluster follows, after a semicolon.
  const [id = ''] = output.trim().split(';');
  if (!/^\d+$/.test(id)) throw new Error(`sbatch printed no id of a job: ${output.trim()}`);
  return id;
}

/** The jobs of this user that wait or run: Slurm's ids (`12`, `12_0`) and states (`PENDING`). */
export async function readQueue(): Promise<Map<string, string>> {
  return parseStates(await slurm('squeue', ['--me', '--noheader', '--array', '--format=%i|%T']));
}

/**
 * What became of jobs that left the queue.
 *
 * @returns states by Slurm's ids; empty where the cluster has no accounting
 */
export async function readAccounting(ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const options = ['--noheader', '--parsable2', '--allocations', '--format=JobID,State'];
  try {
    return parseStates(await slurm('sacct', [...options, `--jobs=${ids.join(',')}`]));
  } catch {
    return new Map();
  }
}

/** Reads lines such as `12_0|CANCELLED by 1000`. */
export function parseStates(text: string): Map<string, string> {
  const lines = text.split('\n').map((line) => line.trim().split('|'));
  return new Map(lines.flatMap(([id, state]) => (id && state ? [[id, state]] : [])));
}
