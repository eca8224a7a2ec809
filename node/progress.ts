import { SingleBar } from 'cli-progress';
import { z } from 'zod';

/** What a command tells the process that started it, where that listens: share done and a few words. */
export const progressMessageSchema = z.object({ done: z.number(), words: z.string() });

/** Tells the parent process how far this one is. @returns whether there is one that listens */
export function reportToParent(done: number, words: string): boolean {
  if (!process.send) return false;
  process.send({ done, words } satisfies z.infer<typeof progressMessageSchema>);
  return true;
}

/** Shows a bar while some work goes on; the work tells the share done, 0 to 1. */
export async function withBar<T>(
  what: string,
  work: (onProgress: (done: number) => void) => Promise<T>,
): Promise<T> {
  const bar = new SingleBar({ format: `${what} {bar} {percentage}% | {eta_formatted} left` });
  if (!reportToParent(0, what)) bar.start(100, 0);
  return work((done) => {
    if (!reportToParent(done, what)) bar.update(Math.round(100 * done));
  }).finally(() => {
    bar.stop();
  });
}
