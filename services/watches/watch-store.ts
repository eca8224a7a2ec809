import { z } from 'zod';
import {
  WATCH_LIMITS,
  watchDetailSchema,
  watchNoticeSchema,
  watchRunSchema,
  watchSchema,
  type CreateWatchRequest,
  type listWatchesSchema,
  type listWatchRunsSchema,
  type Watch,
  type WatchDetail,
  type WatchNotice,
  type WatchRun,
} from '../../contract/watches.ts';
import { checkReportSchema, type CheckReport } from '../../contract/regression.ts';
import { daysAfter, jsonColumn, Statements, type Database } from '../history/database.ts';
import { ServiceError } from '../service-error.ts';
import { isDue } from './schedule.ts';
import {
  claimedRowSchema,
  FROM,
  noticeRowSchema,
  PUBLIC,
  publicRowSchema,
  reportRowSchema,
  scheduleRowSchema,
  unsealedRowSchema,
  type ClaimedWatch,
  type UnsealedWatch,
} from './watch-rows.ts';
import type { StateChange, WatchStatus } from './watch-state.ts';

export interface NewWatch {
  readonly id: string;
  readonly request: CreateWatchRequest;
  readonly created: Date;
  readonly origin: string;
  /** Sealed; null without one. */
  readonly webhook: string | null;
}

/** A run that has ended. */
export interface FinishedRun {
  readonly run: WatchRun;
  /** To be kept where no earlier run found the same. */
  readonly report: CheckReport | null;
  readonly status: WatchStatus;
  readonly due: number;
  /** The body of a notice; null where nobody is notified. */
  readonly notice: { readonly change: StateChange; readonly body: string } | null;
}

/** Watches, their runs and reports (migrations/). Every method throws a ServiceError where D1 fails. */
export class WatchStore {
  readonly #sql: Statements;

  constructor(database: Database) {
    this.#sql = new Statements(database);
  }

  /** @returns false where it is stored already, or the deployment has no room for another */
  async insert({ id, request, created, origin, webhook }: NewWatch): Promise<boolean> {
    const { name, url, every, minimumDetectable, baseline } = request;
    const { models, plan } = baseline;
    const ids = JSON.stringify(models.map((model) => model.id));
    return this.#sql.change(
      'INSERT INTO watches (id, name, url, every, minimum_detectable, created, origin, webhook, due, ' +
        'models, objects, baseline) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12 ' +
        `WHERE (SELECT count(*) FROM watches) < ${WATCH_LIMITS.watches} ON CONFLICT DO NOTHING`,
      ...[id, name, url ?? null, every, minimumDetectable ?? null, created.toISOString(), origin],
      ...[webhook, created.getTime()],
      ...[ids, JSON.stringify(plan.objects), JSON.stringify(baseline)],
    );
  }

  async find(id: string): Promise<Watch | undefined> {
    const row = await this.#sql.first(`SELECT ${PUBLIC} ${FROM} WHERE w.id = ?`, id);
    return row ? watchSchema.parse(publicRowSchema.parse(row)) : undefined;
  }

  /** @throws ServiceError where there is none */
  async get(id: string): Promise<Watch> {
    const watch = await this.find(id);
    if (watch) return watch;
    throw new ServiceError('unknown-watch', `there is no watch ${id}`);
  }

  /** @throws ServiceError where there is none */
  async detail(id: string): Promise<WatchDetail> {
    const row = await this.#sql.first(`SELECT ${PUBLIC}, w.baseline ${FROM} WHERE w.id = ?`, id);
    if (!row) throw new ServiceError('unknown-watch', `there is no watch ${id}`);
    const { baseline } = z.object({ baseline: jsonColumn }).parse(row);
    const notices = await this.notices(id);
    return watchDetailSchema.parse({ ...publicRowSchema.parse(row), baseline, notices });
  }

  /** What signs its notices, as it is stored: null where it is derived. */
  async secret(id: string): Promise<string | null> {
    const row = await this.#sql.first('SELECT secret FROM watches WHERE id = ?', id);
    return z.object({ secret: z.string().nullable() }).nullable().parse(row)?.secret ?? null;
  }

  /** By id. */
  async list(request: z.output<typeof listWatchesSchema>): Promise<Watch[]> {
    const { state, model, limit, after } = request;
    const rows = await this.#sql.all(
      `SELECT ${PUBLIC} ${FROM} WHERE (?1 IS NULL OR w.state = ?1) AND (?2 IS NULL OR w.id > ?2) AND ` +
        '(?3 IS NULL OR EXISTS (SELECT 1 FROM json_each(w.models) WHERE value = ?3)) ORDER BY w.id LIMIT ?4',
      ...[state ?? null, after ?? null, model ?? null, limit],
    );
    return rows.map((row) => watchSchema.parse(publicRowSchema.parse(row)));
  }

  /** Newest first. */
  async runs(id: string, request: z.output<typeof listWatchRunsSchema>): Promise<WatchRun[]> {
    const { outcome, from, to, limit, before } = request;
    const rows = await this.#sql.all(
      'SELECT id, started, finished, outcome, reason, flips, report FROM watch_runs WHERE watch = ?1 ' +
        'AND (?2 IS NULL OR outcome = ?2) AND (?3 IS NULL OR started >= ?3) AND (?4 IS NULL OR started < ?4) ' +
        'AND (?5 IS NULL OR id < ?5) ORDER BY id DESC LIMIT ?6',
      ...[id, outcome ?? null, from ?? null, to ?? null, before ?? null, limit],
    );
    return rows.map((row) => watchRunSchema.parse(row));
  }

  /** The latest, newest first. */
  async notices(id: string): Promise<WatchNotice[]> {
    const rows = await this.#sql.all(
      'SELECT created, from_state, to_state, attempts, due, delivered, error FROM watch_notices ' +
        'WHERE watch = ? ORDER BY change DESC LIMIT 20',
      id,
    );
    return rows.map((row) => watchNoticeSchema.parse(noticeRowSchema.parse(row)));
  }

  /** @throws ServiceError where there is none */
  async report(id: string, report: string): Promise<CheckReport> {
    const row = await this.#sql.first(
      'SELECT report FROM watch_reports WHERE watch = ? AND id = ?',
      ...[id, report],
    );
    if (!row) throw new ServiceError('unknown-watch', `watch ${id} has no report ${report}`);
    return checkReportSchema.parse(z.object({ report: jsonColumn }).parse(row).report);
  }

  /** Watches whose webhook or secret is stored as it was sent, by an earlier version. */
  async unsealed(limit: number): Promise<UnsealedWatch[]> {
    const rows = await this.#sql.all(
      "SELECT id, webhook, secret FROM watches WHERE substr(webhook, 1, 4) = 'http' LIMIT ?",
      limit,
    );
    return rows.map((row) => unsealedRowSchema.parse(row));
  }

  /** Replaces a webhook and its secret by what seals them, unless they have changed. */
  async storeSealed(before: UnsealedWatch, sealed: Omit<UnsealedWatch, 'id'>): Promise<void> {
    await this.#sql.change(
      'UPDATE watches SET webhook = ?3, secret = ?4 WHERE id = ?1 AND webhook = ?2',
      ...[before.id, before.webhook, sealed.webhook, sealed.secret],
    );
  }

  /** Reports by id. @param after the last one of the previous page */
  async reports(id: string, after: string, limit: number) {
    const rows = await this.#sql.all(
      'SELECT id, report FROM watch_reports WHERE watch = ? AND id > ? ORDER BY id LIMIT ?',
      ...[id, after, limit],
    );
    return rows.map((row) => reportRowSchema.parse(row));
  }

  /** Deletes it with its runs, reports and notices. */
  delete(id: string): Promise<boolean> {
    return this.#sql.change('DELETE FROM watches WHERE id = ?', id);
  }

  /**
   * Claims watches that are due, those first that have waited longest. Of two crons at the same time, one gets each.
   *
   * @param suffix of the names of the workflow instances
   * @returns the ids
   */
  async claimDue(now: number, suffix: string, most: number): Promise<string[]> {
    const rows = await this.#sql.all('SELECT id, every, due, claimed FROM watches');
    const due = rows
      .map((row) => scheduleRowSchema.parse(row))
      .filter((watch) => isDue(watch, now))
      .sort((a, b) => a.due - b.due)
      .slice(0, most);
    if (due.length === 0) return [];
    // What was read is compared again in the statement that writes.
    const seen = due.map((one) => `${one.id} ${one.due} ${one.claimed ?? ''}`);
    const claimed = await this.#sql.all(
      "UPDATE watches SET instance = id || '-' || ?1, claimed = ?2 " +
        "WHERE id || ' ' || due || ' ' || ifnull(claimed, '') IN (SELECT value FROM json_each(?3)) RETURNING id",
      ...[suffix, now, JSON.stringify(seen)],
    );
    return claimed.map((row) => z.object({ id: z.string() }).parse(row).id);
  }

  /** Gives claims back, where their runs could not be started. */
  async release(suffix: string): Promise<void> {
    await this.#sql.change(
      "UPDATE watches SET instance = NULL, claimed = NULL WHERE instance = id || '-' || ?",
      suffix,
    );
  }

  /** @returns undefined where it was deleted, or another run has replaced this one */
  async claimed(id: string, instance: string): Promise<ClaimedWatch | undefined> {
    const row = await this.#sql.first(
      'SELECT id, name, url, every, minimum_detectable, origin, webhook IS NOT NULL AS notifies, state, since, ' +
        'candidate, candidate_since, changes, due, baseline FROM watches WHERE id = ? AND instance = ?',
      ...[id, instance],
    );
    return row ? claimedRowSchema.parse(row) : undefined;
  }

  /** Stores the end of a run, once: nothing where the claim is over. */
  async finish(id: string, instance: string, finished: FinishedRun): Promise<void> {
    const { run, report, status, due, notice } = finished;
    const holds = 'EXISTS (SELECT 1 FROM watches WHERE id = ?1 AND instance = ?2)';
    const { started, outcome, reason, flips } = run;
    const statements = [
      this.#sql.bound(
        'INSERT INTO watch_runs (watch, id, started, finished, outcome, reason, flips, report) ' +
          `SELECT ?1, ?3, ?4, ?5, ?6, ?7, ?8, ?9 WHERE ${holds}`,
        ...[id, instance, run.id, started, run.finished, outcome, reason, flips, run.report],
      ),
    ];
    if (report && run.report !== null) {
      statements.push(
        this.#sql.bound(
          'INSERT INTO watch_reports (watch, id, created, report) ' +
            `SELECT ?1, ?3, ?4, ?5 WHERE ${holds} ON CONFLICT DO NOTHING`,
          ...[id, instance, run.report, run.finished, JSON.stringify(report)],
        ),
      );
    }
    if (notice) {
      const { from, to } = notice.change;
      statements.push(
        // What was not delivered yet would contradict the newer notice.
        this.#sql.bound(
          "UPDATE watch_notices SET due = NULL, error = 'the state changed again before it was delivered' " +
            `WHERE watch = ?1 AND due IS NOT NULL AND ${holds}`,
          ...[id, instance],
        ),
        this.#sql.bound(
          'INSERT INTO watch_notices (watch, change, created, from_state, to_state, body, due) ' +
            `SELECT ?1, ?3, ?4, ?5, ?6, ?7, ?8 WHERE ${holds} ON CONFLICT DO NOTHING`,
          ...[id, instance, status.changes, run.finished, from, to, notice.body],
          Date.parse(run.finished),
        ),
      );
    }
    statements.push(
      this.#sql.bound(
        'UPDATE watches SET state = ?3, since = ?4, candidate = ?5, candidate_since = ?6, changes = ?7, due = ?8, ' +
          'instance = NULL, claimed = NULL WHERE id = ?1 AND instance = ?2',
        ...[id, instance, status.state, status.since, status.candidate, status.candidateSince],
        ...[status.changes, due],
      ),
    );
    await this.#sql.batch(statements);
  }

  /** Deletes runs that have expired, and reports that no run has. Bounded: the rest is deleted later. */
  async deleteExpired(now: number): Promise<void> {
    const before = daysAfter(new Date(now), -WATCH_LIMITS.keptDays);
    const expired =
      'SELECT watch, id FROM watch_runs WHERE started < ? ORDER BY started LIMIT 5000';
    const deleted = await this.#sql.change(
      `DELETE FROM watch_runs WHERE (watch, id) IN (${expired})`,
      before,
    );
    if (!deleted) return;
    await this.#sql.change(
      'DELETE FROM watch_reports WHERE NOT EXISTS (SELECT 1 FROM watch_runs r ' +
        'WHERE r.watch = watch_reports.watch AND r.report = watch_reports.id)',
    );
  }
}
