/**
 * Runs a probe over the indices 0 to `count` - 1, some at a time, which bounds memory.
 *
 * @param onProgress called with the share done, 0 to 1
 */
export async function mapBatches<T>(
  count: number,
  perRun: number,
  run: (indices: readonly number[]) => Promise<readonly T[]>,
  onProgress: (done: number) => void = () => undefined,
): Promise<T[]> {
  const results: T[] = [];
  for (let start = 0; start < count; start += perRun) {
    const size = Math.min(perRun, count - start);
    results.push(...(await run(Array.from({ length: size }, (_, place) => start + place))));
    onProgress((start + size) / count);
  }
  return results;
}
