import { runName } from '../../run-key.ts';
import type { Job } from '../plan.ts';

/** Jobs that differ in the seed alone stand together, in the order of the plan. */
export function groupBySeed(jobs: readonly Job[]): Job[][] {
  const groups = new Map<string, Job[]>();
  for (const job of jobs) {
    const key = nameOf([job], '*');
    groups.set(key, [...(groups.get(key) ?? []), job]);
  }
  return [...groups.values()];
}

/** The id of a job; of several, the id of the first with all their seeds. */
export function nameOf(
  jobs: readonly Job[],
  seeds = jobs.map(({ run }) => run.seed).join(','),
): string {
  const [first] = jobs;
  if (!first) return '';
  const { id, run } = first;
  const { preset, seed } = run;
  const name = runName(run).replace(`-${preset}-${seed}`, `-${preset}-${seeds}`);
  return id.replace(runName(run), name);
}

/**
 * The dependency of a batch job as an option of sbatch.
 *
 * @param jobs one job, or several that would be the elements of an array, each with its seed as index
 * @param slurmIdOf Slurm's id of a job that is in the queue (`12`, `12_0`), undefined of one that is done
 * @returns '' where all that the jobs need is done; undefined where sbatch has no option that says what
 *   each element of the array needs
 * @see https://slurm.schedmd.com/archive/slurm-22.05.8/sbatch.html#OPT_dependency
 */
export function dependencyOf(
  jobs: readonly Job[],
  slurmIdOf: (id: string) => string | undefined,
): string | undefined {
  const needs = jobs.map(({ after }) => after.flatMap((id) => slurmIdOf(id) ?? []));
  const afterOk = unanimous(needs.map((ids) => option('afterok', ids)));
  if (afterOk !== undefined) return afterOk;
  // Element i starts after element i of other arrays.
  const arrays = needs.map((ids, place) => {
    const own = `_${jobs[place]?.run.seed ?? ''}`;
    if (!ids.every((id) => id.endsWith(own))) return undefined;
    return option(
      'aftercorr',
      ids.map((id) => id.slice(0, -own.length)),
    );
  });
  return unanimous(arrays);
}

const option = (type: string, ids: readonly string[]): string =>
  ids.length === 0 ? '' : [type, ...ids].join(':');

/** The value that all have. */
function unanimous<T>(values: readonly T[]): T | undefined {
  return new Set(values).size === 1 ? values[0] : undefined;
}
