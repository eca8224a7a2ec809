/**
 * Runs a probe over the indices 0 to `count` - 1 in batches, which bounds memory.
 *
 * @param batchSize indices per run
 * @param onProgress called after each run with the share done, 0 to 1
 */
export async function mapBatches<T>(
  count: number,
  batchSize: number,
  run: (indices: readonly number[]) => Promise<readonly T[]>,
  onProgress: (done: number) => void = () => undefined,
): Promise<T[]> {
  const results: T[] = [];
  for (let start = 0; start < count; start += batchSize) {
    const size = Math.min(batchSize, count - start);
    results.push(...(await run(Array.from({ length: size }, (_, index) => start + index))));
    onProgress((start + size) / count);
  }
  return results;
}
