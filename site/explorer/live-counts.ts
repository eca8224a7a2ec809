import { ProblemError } from '../../client/index.ts';
import { unpackBits } from '../../contract/bitset.ts';
import { proportion } from '../../statistics/intervals.ts';
import { api } from '../lib/api.ts';
import type { CurvePoint } from './curve.tsx';

/** Answers counted on this page, by model and number of objects. */
export type LiveCounts = ReadonlyMap<
  string,
  ReadonlyMap<number, readonly [correct: number, count: number]>
>;

/** Queries per number of objects in one batch. */
export const QUERIES_PER_BATCH = 24;

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
  for await (const event of api(signal).compareStream(request)) {
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

/** The points of a model in the chart. */
export const livePoints = (counts: LiveCounts, model: string): CurvePoint[] =>
  [...(counts.get(model) ?? [])].map(([objects, [correct, count]]) => ({
    objects,
    ...proportion(correct, count),
  }));
