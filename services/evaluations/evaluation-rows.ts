import { z } from 'zod';
import { packBits, unpackBits } from '../../contract/bitset.ts';
import {
  EVALUATION_LIMITS,
  evaluationRequestSchema,
  type EvaluationSummary,
} from '../../contract/evaluations.ts';
import { sweepTallySchema, type SweepTally } from '../../contract/sweep-tallies.ts';
import { daysAfter, jsonColumn } from '../history/database.ts';
import type { CutOutcomes } from '../knockout.ts';

/** Rows of the tables of evaluations (migrations/), as the contract has them. */

export const summaryRowSchema = z
  .object({ digests: jsonColumn, created: z.string(), done: z.number(), parts: z.number() })
  .loose()
  .transform(({ done, parts, ...row }) => ({
    ...row,
    expires: daysAfter(row.created, EVALUATION_LIMITS.keptDays),
    progress: { done, total: parts },
  }));

export const documentsSchema = z
  .object({
    request: jsonColumn,
    result: jsonColumn.nullable(),
    sweeps: jsonColumn.nullable(),
    knockouts: jsonColumn.nullable(),
  })
  // Those that were done before there were sweeps or knockouts have none.
  .transform(({ result, sweeps, knockouts, ...row }) => {
    const none = result === null ? null : [];
    return { ...row, result, sweeps: sweeps ?? none, knockouts: knockouts ?? none };
  });

/** What a workflow is to compute. */
export const claimSchema = z.object({
  request: jsonColumn.pipe(evaluationRequestSchema),
  digests: jsonColumn.pipe(z.record(z.string(), z.string())),
  parts: z.number(),
});
export type Claim = z.output<typeof claimSchema>;

/** What one model answered with one number of objects: to queries, to the pairs of a sweep, or in a knockout. */
export type PartOutcomes = { readonly model: string; readonly objects: number } & (
  | { readonly kind: 'queries'; readonly correct: readonly boolean[] }
  | { readonly kind: 'pairs'; readonly tally: SweepTally }
  | { readonly kind: 'knockout'; readonly cut: number; readonly outcomes: CutOutcomes }
);

/** Columns of the outcomes of a part. */
export function partColumns(part: PartOutcomes) {
  switch (part.kind) {
    case 'queries':
      return [part.correct.length, packBits(part.correct), null, null];
    case 'pairs':
      return [part.tally.pairs, '', JSON.stringify(part.tally), null];
    case 'knockout': {
      const { baseline, cut } = part.outcomes;
      const knockout = { cut: part.cut, correct: packBits(cut) };
      return [baseline.length, packBits(baseline), null, JSON.stringify(knockout)];
    }
  }
}

export const partRowSchema = z
  .object({
    ...{ model: z.string(), objects: z.number(), queries: z.number(), correct: z.string() },
    tally: jsonColumn.pipe(sweepTallySchema).nullable(),
    knockout: jsonColumn.pipe(z.object({ cut: z.number(), correct: z.string() })).nullable(),
  })
  .transform(({ model, objects, queries, correct, tally, knockout }): PartOutcomes => {
    if (tally) return { model, objects, kind: 'pairs', tally };
    const baseline = outcomesOf(correct, queries);
    if (!knockout) return { model, objects, kind: 'queries', correct: baseline };
    const outcomes = { baseline, cut: outcomesOf(knockout.correct, queries) };
    return { model, objects, kind: 'knockout', cut: knockout.cut, outcomes };
  });

function outcomesOf(bits: string, queries: number): boolean[] {
  const outcomes = unpackBits(bits, queries);
  if (outcomes) return outcomes;
  throw new Error(`a part does not have ${queries} outcomes`);
}

/** Names an evaluation in the order of a list, newest first. */
export const cursorOf = ({ created, id }: Pick<EvaluationSummary, 'created' | 'id'>): string =>
  `${created}_${id}`;
