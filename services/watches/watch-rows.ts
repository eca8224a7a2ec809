import { z } from 'zod';
import { baselineSchema } from '../../contract/baseline.ts';
import { checkReportSchema } from '../../contract/regression.ts';
import { durationOf, watchStateSchema } from '../../contract/watches.ts';
import { DAY, jsonColumn } from '../history/database.ts';

/** Rows of the tables of watches (migrations/), as the contract has them. */

export const timeOf = (milliseconds: number) => new Date(milliseconds).toISOString();

/** The columns of a watch that everybody may see, and those of its last run. */
export const PUBLIC =
  'w.id, w.name, w.url, w.every, w.created, w.state, w.since, w.candidate, w.due, w.models, w.objects, ' +
  'w.instance IS NOT NULL AS running, w.webhook IS NOT NULL AS notifies, ' +
  'r.id AS run, r.started, r.finished, r.outcome, r.reason, r.flips, r.report';
export const FROM =
  'FROM watches w LEFT JOIN watch_runs r ON r.watch = w.id AND r.id = ' +
  '(SELECT max(id) FROM watch_runs WHERE watch = w.id)';

export const publicRowSchema = z
  .looseObject({
    ...{ models: jsonColumn, objects: jsonColumn, due: z.number() },
    ...{ running: z.number(), notifies: z.number(), run: z.string().nullable() },
  })
  .transform(({ due, running, notifies, run, ...row }) => {
    const { started, finished, outcome, reason, flips, report } = row;
    const last =
      run === null ? null : { id: run, started, finished, outcome, reason, flips, report };
    return { ...row, running: running === 1, notifies: notifies === 1, next: timeOf(due), last };
  });

export const noticeRowSchema = z
  .looseObject({ from_state: z.unknown(), to_state: z.unknown(), due: z.number().nullable() })
  .transform(({ from_state, to_state, due, ...row }) => {
    const state =
      typeof row['delivered'] === 'string'
        ? 'delivered'
        : due === null
          ? 'undeliverable'
          : 'waiting';
    return {
      ...row,
      from: from_state,
      to: to_state,
      next: due === null ? null : timeOf(due),
      state,
    };
  });

export const reportRowSchema = z.object({
  id: z.string(),
  report: jsonColumn.pipe(checkReportSchema),
});

export const unsealedRowSchema = z.object({
  id: z.string(),
  webhook: z.string(),
  secret: z.string().nullable(),
});
export type UnsealedWatch = z.output<typeof unsealedRowSchema>;

export const scheduleRowSchema = z.object({
  id: z.string(),
  every: z.string().transform((text) => durationOf(text) ?? DAY),
  due: z.number(),
  claimed: z.number().nullable(),
});

export const claimedRowSchema = z.object({
  ...{ id: z.string(), name: z.string(), url: z.string().nullable(), every: z.string() },
  ...{ minimum_detectable: z.number().nullable(), origin: z.string(), notifies: z.number() },
  ...{ state: watchStateSchema.nullable(), since: z.string().nullable(), changes: z.number() },
  ...{ candidate: watchStateSchema.nullable(), candidate_since: z.string().nullable() },
  ...{ due: z.number(), baseline: jsonColumn.pipe(baselineSchema) },
});
/** A watch as its run needs it. */
export type ClaimedWatch = z.output<typeof claimedRowSchema>;
