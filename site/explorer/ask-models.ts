import { ProblemError } from '../../client/errors.ts';
import { unpackBits } from '../../contract/bitset.ts';
import { api } from '../lib/api.ts';
import { QUERIES_PER_BATCH, type LiveCounts } from './live-counts.ts';

/** Differs from the seed of the cards, so that the queries are new ones. */
const SEED = 20_260;

/**
 * Asks all models the same new queries and counts their answers.
 *
 * @param start number of the first query: how many have been asked before
 * @param onProgress called with the share of the queries that are done, and the counts so far
 */
export async function askMore(
  models: readonly string[],
  objects: readonly number[],
  start: number,
  previous: LiveCounts,
  onProgress: (share: number, counts: LiveCounts) => void,
  signal: AbortSignal,
): Promise<void> {
  let counts = previous;
  const request = {
    models: [...models],
    objects: [...objects],
    queries: QUERIES_PER_BATCH,
    start,
    seed: SEED,
  };
  for await (const event of (await api(signal)).compareStream(request)) {
    if (event.event === 'problem') throw new ProblemError(event.problem);
    if (event.event !== 'outcomes') continue;
    const asked = event.end - event.start;
    counts = new Map(
      event.models.map(({ model, byObjects }) => [
        model,
        new Map(
          byObjects.map(({ objects: key, correct }) => {
            const [correctBefore, countBefore] = counts.get(model)?.get(key) ?? [0, 0];
            const more = (unpackBits(correct, asked) ?? []).filter(Boolean).length;
            return [key, [correctBefore + more, countBefore + asked] as const];
          }),
        ),
      ]),
    );
    onProgress((event.end - start) / (event.total - start), counts);
  }
}
