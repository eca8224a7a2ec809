import { z } from 'zod';
import type { Database } from '../history/database.ts';
import { answered } from '../history/run-store.ts';
import { retryAt } from './schedule.ts';

const noticeSchema = z.object({
  watch: z.string(),
  change: z.number(),
  body: z.string(),
  attempts: z.number(),
  webhook: z.string(),
  secret: z.string().nullable(),
  created: z.string(),
});
/** A notice, and of its watch: when it was created, and address and secret as they are stored. */
export type DueNotice = z.output<typeof noticeSchema>;

/** Notices that are to be delivered (migrations/). Every method throws a ServiceError where D1 fails. */
export class NoticeStore {
  constructor(private readonly database: Database) {}

  /**
   * Notices that are due, with one attempt more. Of two crons at the same time, one gets each.
   *
   * @param watch only of this watch; null: of all
   */
  async claimDue(watch: string | null, now: number, most: number): Promise<DueNotice[]> {
    const { results } = await answered(
      this.database
        .prepare(
          'SELECT watch, change, body, attempts, webhook, secret, watches.created AS created FROM watch_notices ' +
            'JOIN watches ON id = watch ' +
            'WHERE watch_notices.due <= ?1 AND (?2 IS NULL OR watch = ?2) ORDER BY watch_notices.due LIMIT ?3',
        )
        .bind(now, watch, most)
        .all(),
    );
    const due = results.map((row) => noticeSchema.parse(row));
    if (due.length === 0) return [];
    const changed = await answered(
      this.database.batch(
        due.map(({ watch, change, attempts }) =>
          this.database
            .prepare(
              'UPDATE watch_notices SET attempts = ?1, due = ?2 WHERE watch = ?3 AND change = ?4 AND attempts = ?5 ' +
                'AND due IS NOT NULL',
            )
            .bind(attempts + 1, retryAt(now, attempts + 1), watch, change, attempts),
        ),
      ),
    );
    return due
      .filter((_, index) => changed[index]?.meta.changes === 1)
      .map((notice) => ({ ...notice, attempts: notice.attempts + 1 }));
  }

  /** @param error why it was not delivered; null where it was */
  async settle(
    { watch, change }: Pick<DueNotice, 'watch' | 'change'>,
    error: string | null,
    now: Date,
  ): Promise<void> {
    const statement =
      error === null
        ? this.database
            .prepare(
              'UPDATE watch_notices SET delivered = ?3, due = NULL, error = NULL WHERE watch = ?1 AND change = ?2',
            )
            .bind(watch, change, now.toISOString())
        : this.database
            .prepare(
              'UPDATE watch_notices SET error = ?3 WHERE watch = ?1 AND change = ?2 AND delivered IS NULL',
            )
            .bind(watch, change, error);
    await answered(this.database.batch([statement]));
  }
}
