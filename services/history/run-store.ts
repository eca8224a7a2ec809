import { z } from 'zod';
import {
  HISTORY_LIMITS,
  runSchema,
  runSummarySchema,
  trendPointSchema,
  type listRunsSchema,
  type Run,
  type RunSummary,
  type TrendPoint,
  type TrendRequest,
} from '../../contract/history.ts';
import { proportion } from '../../statistics/intervals.ts';
import { ServiceError } from '../service-error.ts';
import { daysAfter, jsonColumn, Statements, type Database } from './database.ts';
import { figuresOf, type Figure } from './figures.ts';

const SUMMARY = 'id, kind, created, label, code, digests';
const summaryRowSchema = z.object({ digests: jsonColumn }).loose();
const runRowSchema = summaryRowSchema.extend({ request: jsonColumn, result: jsonColumn });
const keyedRowSchema = runRowSchema.extend({ fingerprint: z.string() });
const pointRowSchema = z
  .object({ correct: z.number(), queries: z.number() })
  .loose()
  .transform(({ correct, queries, ...rest }) => ({
    ...rest,
    ...proportion(correct, queries),
  }));

/** The columns of `figures` after `run`. */
const FIGURE_COLUMNS: readonly (readonly [string, (figure: Figure) => string | number | null])[] = [
  ['model', ({ model }) => model],
  ['modality', ({ modality }) => modality],
  ['association_order', ({ order }) => order],
  ['question', ({ question }) => question],
  ['metric', ({ metric }) => metric],
  ['objects', ({ objects }) => objects],
  ['digest', ({ digest }) => digest],
  ['correct', ({ correct }) => correct],
  ['queries', ({ count }) => count],
];

/** A stored run, and the fingerprint of the request that its idempotency key belongs to. */
export interface KeyedRun {
  readonly run: Run;
  readonly fingerprint: string;
}

/** The database of runs (migrations/). Every method throws a ServiceError where D1 fails. */
export class RunStore {
  readonly #sql: Statements;

  constructor(database: Database) {
    this.#sql = new Statements(database);
  }

  /**
   * Inserts a run and its figures in one transaction of two statements: D1 allows 100 bound parameters in
   * a query and, on the free plan, 50 queries in an invocation of a worker.
   *
   * @param key unique among all runs, or null
   * @returns false where another run already has the key, or this run is already stored
   */
  async insert(run: Run, key: string | null, fingerprint: string): Promise<boolean> {
    const { id, kind, created, label, code, digests, request, result } = run;
    const insert = this.#sql.bound(
      'INSERT INTO runs (id, idempotency_key, fingerprint, kind, created, label, code, digests, ' +
        'request, result) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ' +
        'ON CONFLICT DO NOTHING',
      ...[id, key, fingerprint, kind, created, label, code],
      ...[digests, request, result].map((value) => JSON.stringify(value)),
    );
    // Arrays without names: D1 allows 2,000,000 bytes in one value.
    const rows = figuresOf(run).map((figure) =>
      FIGURE_COLUMNS.map(([, valueOf]) => valueOf(figure)),
    );
    // The condition skips the figures of a run that was not inserted because its key exists.
    const figures = this.#sql.bound(
      `INSERT INTO figures (run, ${FIGURE_COLUMNS.map(([name]) => name).join(', ')}) ` +
        `SELECT ?1, ${FIGURE_COLUMNS.map((_, index) => `value ->> ${index}`).join(', ')} ` +
        'FROM json_each(?2) WHERE EXISTS (SELECT 1 FROM runs WHERE id = ?1) ON CONFLICT DO NOTHING',
      ...[id, JSON.stringify(rows)],
    );
    const [inserted = 0] = await this.#sql.batch([insert, figures]);
    return inserted > 0;
  }

  async byKey(key: string): Promise<KeyedRun | undefined> {
    const row = await this.#sql.first('SELECT * FROM runs WHERE idempotency_key = ?', key);
    if (!row) return undefined;
    const { fingerprint, ...run } = keyedRowSchema.parse(row);
    return { run: readRun(run), fingerprint };
  }

  /** @throws ServiceError where there is no such run, or an earlier version saved it */
  async get(id: string): Promise<Run> {
    const row = await this.#sql.first('SELECT * FROM runs WHERE id = ?', id);
    if (!row) throw new ServiceError('unknown-run', `there is no run ${id}`);
    return readRun(runRowSchema.parse(row));
  }

  /** Newest first. */
  async list(request: z.output<typeof listRunsSchema>): Promise<RunSummary[]> {
    const { kind, limit, before, label, model, from, to } = request;
    const rows = await this.#sql.all(
      `SELECT ${SUMMARY} FROM runs ` +
        'WHERE (?1 IS NULL OR kind = ?1) AND (?2 IS NULL OR id < ?2) AND (?4 IS NULL OR label = ?4) ' +
        'AND (?5 IS NULL OR EXISTS (SELECT 1 FROM json_each(digests) WHERE key = ?5)) ' +
        'AND (?6 IS NULL OR created >= ?6) AND (?7 IS NULL OR created < ?7) ORDER BY id DESC LIMIT ?3',
      ...[kind ?? null, before ?? null, limit, label ?? null, model ?? null],
      ...[from ?? null, to ?? null],
    );
    return rows.map((row) => runSummarySchema.parse(summaryRowSchema.parse(row)));
  }

  /** Deletes a run with its figures. @throws ServiceError where there is no such run */
  async delete(id: string): Promise<RunSummary> {
    const sql = `DELETE FROM runs WHERE id = ? RETURNING ${SUMMARY}`;
    const row = await this.#sql.first(sql, id);
    if (row) return runSummarySchema.parse(summaryRowSchema.parse(row));
    throw new ServiceError('unknown-run', `there is no run ${id}`);
  }

  /** Deletes runs that have expired, with their figures. Bounded: the rest is deleted later. */
  async deleteExpired(now: Date): Promise<void> {
    await this.#sql.change(
      'DELETE FROM runs WHERE id IN (SELECT id FROM runs WHERE created < ? ORDER BY id LIMIT 100)',
      daysAfter(now, -HISTORY_LIMITS.keptDays),
    );
  }

  /** The latest points, oldest first. */
  async trend(request: TrendRequest): Promise<TrendPoint[]> {
    const { model, metric, objects = 0, modality, order, question, limit } = request;
    const rows = await this.#sql.all(
      'SELECT run, created, label, digest, correct, queries FROM figures JOIN runs ON id = run ' +
        'WHERE model = ? AND metric = ? AND objects = ? AND modality = ? ' +
        'AND association_order = ? AND question = ? ORDER BY run DESC LIMIT ?',
      ...[model, metric, objects, modality, order, question, limit],
    );
    return rows.map((row) => trendPointSchema.parse(pointRowSchema.parse(row))).reverse();
  }
}

/** @throws ServiceError where the run has the form of an earlier version */
function readRun(columns: z.output<typeof runRowSchema>): Run {
  const run = runSchema.safeParse(columns);
  if (run.success) return run.data;
  const detail = `run ${String(columns.id)} was saved by an earlier version of bindscope, which this one cannot read`;
  throw new ServiceError('unknown-run', detail, { cause: run.error });
}

/** @throws ServiceError where the deployment has no history */
export function requireHistory(history: RunStore | undefined): RunStore {
  if (history) return history;
  throw new ServiceError('not-configured', 'this deployment has no history database');
}
