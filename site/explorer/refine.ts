import { ProblemError } from '../../client/index.ts';
import { unpackBits } from '../../contract/bitset.ts';
import { proportion } from '../../statistics/intervals.ts';
import { api } from '../lib/api.ts';
import type { CurvePoint } from './curve.tsx';

/** What was counted while someone looked on: right and asked, by model and number of objects. */
export type Tally = ReadonlyMap<
  string,
  ReadonlyMap<number, readonly [right: number, count: number]>
>;

/** Queries for each number of objects in one go. */
export const QUERIES_PER_BATCH = 24;

/** Of the queries asked live: another one than the cards were measured with. */
const SEED = 20_260;

/**
 * Asks all models the same new queries, and tells the tally as it grows.
 *
 * @param start place of the first query: as many as have been asked before
 * @param onProgress share of the queries that are done, with the tally so far
 */
export async function askMore(
  models: readonly string[],
  objects: readonly number[],
  start: number,
  before: Tally,
  onProgress: (share: number, tally: Tally) => void,
  signal: AbortSignal,
): Promise<void> {
  let tally = before;
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
    tally = new Map(
      event.models.map(({ model, byObjects }) => [
        model,
        new Map(
          byObjects.map(({ objects: count, correct }) => {
            const asked = event.end - event.start;
            const outcomes = unpackBits(correct, asked) ?? [];
            const [rightBefore, askedBefore] = tally.get(model)?.get(count) ?? [0, 0];
            const more = outcomes.filter(Boolean).length;
            return [count, [rightBefore + more, askedBefore + asked] as const];
          }),
        ),
      ]),
    );
    onProgress((event.end - start) / (event.total - start), tally);
  }
}

export const livePoints = (tally: Tally, model: string): CurvePoint[] =>
  [...(tally.get(model) ?? [])].map(([objects, [correct, count]]) => ({
    objects,
    ...proportion(correct, count),
  }));
