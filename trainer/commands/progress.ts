import { SingleBar } from 'cli-progress';

/** Shows a bar while some work goes on; the work tells the share done, 0 to 1. */
export async function withBar<T>(
  what: string,
  work: (onProgress: (done: number) => void) => Promise<T>,
): Promise<T> {
  const bar = new SingleBar({ format: `${what} {bar} {percentage}% | {eta_formatted} left` });
  bar.start(100, 0);
  return work((done) => {
    bar.update(Math.round(100 * done));
  }).finally(() => {
    bar.stop();
  });
}
