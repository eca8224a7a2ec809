import { z } from 'zod';
import { unpackBits } from '../../contract/bitset.ts';
import {
  EVALUATION_LIMITS,
  evaluationRequestSchema,
  type EvaluationSummary,
} from '../../contract/evaluations.ts';
import { sweepTallySchema, type SweepTally } from '../../contract/sweep-tallies.ts';
import { daysAfter, jsonColumn } from '../history/database.ts';

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
  })
  // Those that were done before there were sweeps have none.
  .transform((row) => ({ ...row, sweeps: row.sweeps ?? (row.result === null ? null : []) }));

/** What a workflow is to compute. */
export const claimSchema = z.object({
  request: jsonColumn.pipe(evaluationRequestSchema),
  digests: jsonColumn.pipe(z.record(z.string(), z.string())),
  parts: z.number(),
});
export type Claim = z.output<typeof claimSchema>;

/** What one model answered with one number of objects: to queries, or to the pairs of a sweep. */
export interface PartOutcomes {
  readonly model: string;
  readonly objects: number;
  /** Of queries; empty for pairs. */
  readonly correct: readonly boolean[];
  /** Of pairs; null for queries. */
  readonly tally: SweepTally | null;
}

export const partRowSchema = z
  .object({
    ...{ model: z.string(), objects: z.number(), queries: z.number(), correct: z.string() },
    tally: jsonColumn.pipe(sweepTallySchema).nullable(),
  })
  .transform(({ queries, correct, ...part }): PartOutcomes => {
    if (part.tally) return { ...part, correct: [] };
    const outcomes = unpackBits(correct, queries);
    if (!outcomes) throw new Error(`a part does not have ${queries} outcomes`);
    return { ...part, correct: outcomes };
  });

/** Names an evaluation in the order of a list, newest first. */
export const cursorOf = ({ created, id }: Pick<EvaluationSummary, 'created' | 'id'>): string =>
  `${created}_${id}`;
