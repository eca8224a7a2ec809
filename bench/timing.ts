import { ImpossibleResult } from './result.ts';
import { cpuSeconds } from './process.ts';

/** @returns milliseconds */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** Milliseconds of CPU that this process spends on some work. */
export async function ownCpuTime(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Milliseconds of CPU that another process spends while some work is done. Linux counts them by 10. */
export async function cpuTimeOf(pid: number, work: () => Promise<unknown>): Promise<number> {
  const before = cpuSeconds(pid);
  await work();
  return 1000 * (cpuSeconds(pid) - before);
}

/**
 * What several pieces of work cost, measured in turns (A B C A B C …), so that whatever else the machine
 * does affects all of them. The first turn warms up and is not counted.
 *
 * @param works each measures itself; the argument is the number of the turn, for a seed of its own
 * @returns what was measured, by turn
 */
export async function measureInTurns<Name extends string>(
  works: Readonly<Record<Name, (turn: number) => Promise<number>>>,
  turns: number,
): Promise<Record<Name, number[]>> {
  const measured = new Map<string, number[]>(Object.keys(works).map((name) => [name, []]));
  for (let turn = 0; turn <= turns; turn++) {
    for (const [name, work] of Object.entries<(turn: number) => Promise<number>>(works)) {
      const cost = await work(turn);
      if (turn > 0) measured.get(name)?.push(cost);
    }
  }
  return Object.fromEntries(measured) as Record<Name, number[]>;
}

/**
 * Asks the worker and reads its whole answer.
 *
 * @throws Error where the answer is a problem
 * @throws ImpossibleResult where a cache answered, so that nothing was computed
 */
export async function askUncached(
  worker: { fetch(path: string, init?: RequestInit): Promise<Response> },
  path: string,
  init?: RequestInit,
): Promise<string> {
  const response = await worker.fetch(path, init);
  const body = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${body}`);
  const status = response.headers.get('cache-status');
  if (status?.includes('hit')) {
    throw new ImpossibleResult(
      `the cache answered ${path} (Cache-Status: ${status}): no model ran`,
    );
  }
  return body;
}
