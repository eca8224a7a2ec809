import { median } from './report.ts';

/** @returns milliseconds */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/**
 * Median milliseconds of several pieces of work, done in turns (A B C A B C …), so that whatever else
 * the machine is busy with falls on all of them alike. The first turn warms up and is not counted.
 */
export async function timeInTurns<Name extends string>(
  works: Readonly<Record<Name, () => Promise<unknown>>>,
  turns: number,
): Promise<Record<Name, number>> {
  const times = new Map<string, number[]>(Object.keys(works).map((name) => [name, []]));
  for (let turn = 0; turn <= turns; turn++) {
    for (const [name, work] of Object.entries<() => Promise<unknown>>(works)) {
      const time = await timed(work);
      if (turn > 0) times.get(name)?.push(time);
    }
  }
  return Object.fromEntries(Array.from(times, ([name, all]) => [name, median(all)])) as Record<
    Name,
    number
  >;
}

/** Asks the worker and reads its whole answer. @throws Error where that is a problem */
export async function ask(
  worker: { fetch(path: string): Promise<Response> },
  path: string,
): Promise<void> {
  const response = await worker.fetch(path);
  const body = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${body}`);
}
