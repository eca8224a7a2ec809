import { z } from 'zod';
import { Statements, type Database } from '../history/database.ts';
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
  readonly #sql: Statements;

  constructor(database: Database) {
    this.#sql = new Statements(database);
  }

  /**
   * Notices that are due, with one attempt more. Of two crons at the same time, one gets each.
   *
   * @param watch only of this watch; null: of all
   */
  async claimDue(watch: string | null, now: number, most: number): Promise<DueNotice[]> {
    const rows = await this.#sql.all(
      'SELECT watch, change, body, attempts, webhook, secret, watches.created AS created FROM watch_notices ' +
        'JOIN watches ON id = watch ' +
        'WHERE watch_notices.due <= ?1 AND (?2 IS NULL OR watch = ?2) ORDER BY watch_notices.due LIMIT ?3',
      ...[now, watch, most],
    );
    const due = rows.map((row) => noticeSchema.parse(row));
    if (due.length === 0) return [];
    const changes = await this.#sql.batch(
      due.map(({ watch, change, attempts }) =>
        this.#sql.bound(
          'UPDATE watch_notices SET attempts = ?1, due = ?2 WHERE watch = ?3 AND change = ?4 AND attempts = ?5 ' +
            'AND due IS NOT NULL',
          ...[attempts + 1, retryAt(now, attempts + 1), watch, change, attempts],
        ),
      ),
    );
    return due
      .filter((_, index) => changes[index] === 1)
      .map((notice) => ({ ...notice, attempts: notice.attempts + 1 }));
  }

  /** @param error why it was not delivered; null where it was */
  async settle(
    { watch, change }: Pick<DueNotice, 'watch' | 'change'>,
    error: string | null,
    now: Date,
  ): Promise<void> {
    const [set, value] =
      error === null
        ? ['delivered = ?3, due = NULL, error = NULL', now.toISOString()]
        : ['error = ?3', error];
    await this.#sql.change(
      `UPDATE watch_notices SET ${set} WHERE watch = ?1 AND change = ?2 AND delivered IS NULL`,
      ...[watch, change, value],
    );
  }
}
