import { proportion } from '../../statistics/intervals.ts';
import type { CurvePoint } from './curve.tsx';

/** Answers counted on this page, by model and number of objects. */
export type LiveCounts = ReadonlyMap<
  string,
  ReadonlyMap<number, readonly [correct: number, count: number]>
>;

/** Queries per number of objects in one batch. */
export const QUERIES_PER_BATCH = 24;

/** The points of a model in the chart. */
export const livePoints = (counts: LiveCounts, model: string): CurvePoint[] =>
  [...(counts.get(model) ?? [])].map(([objects, [correct, count]]) => ({
    objects,
    ...proportion(correct, count),
  }));
