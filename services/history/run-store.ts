import { z } from 'zod';
import {
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
import { Problem } from '../problem.ts';
import { figuresOf } from './figures.ts';

const jsonColumn = z.string().transform((text): unknown => JSON.parse(text));
const rowSchema = z.object({ digests: jsonColumn }).loose();
const wholeRowSchema = rowSchema.extend({ request: jsonColumn, result: jsonColumn });
const keyedRowSchema = wholeRowSchema.extend({ fingerprint: z.string() });
const pointRowSchema = z
  .object({ correct: z.number(), queries: z.number() })
  .loose()
  .transform(({ correct, queries, ...rest }) => ({
    ...rest,
    ...proportion(correct, queries),
  }));

/** A run that is kept, and what was asked for under its key. */
export interface KeyedRun {
  readonly run: Run;
  readonly fingerprint: string;
}

/** The database of runs (migrations/). All its methods throw a Problem where D1 fails. */
export class RunStore {
  constructor(private readonly database: D1Database) {}

  /**
   * Keeps a run with its figures, or nothing of both.
   *
   * @param key under which no other is kept
   * @returns false where there is a run under the key already
   */
  async keep(run: Run, key: string | null, fingerprint: string): Promise<boolean> {
    const { id, kind, created, label, code, digests, request, result } = run;
    const insert = this.database
      .prepare(
        'INSERT INTO runs (id, idempotency_key, fingerprint, kind, created, label, code, digests, ' +
          'request, result) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ' +
          'ON CONFLICT (idempotency_key) DO NOTHING',
      )
      .bind(
        ...[id, key, fingerprint, kind, created, label, code],
        ...[digests, request, result].map((value) => JSON.stringify(value)),
      );
    // Of a run that is not inserted, because its key is taken, no figures either.
    const figure = this.database.prepare(
      'INSERT INTO figures (run, model, modality, association_order, question, metric, objects, ' +
        'digest, correct, queries) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10 ' +
        'WHERE EXISTS (SELECT 1 FROM runs WHERE id = ?1)',
    );
    const figures = figuresOf(run).map((one) =>
      figure.bind(
        ...[id, one.model, one.modality, one.order, one.question, one.metric, one.objects],
        ...[one.digest, one.correct, one.count],
      ),
    );
    const [inserted] = await answered(this.database.batch([insert, ...figures]));
    return inserted.meta.changes > 0;
  }

  async byKey(key: string): Promise<KeyedRun | undefined> {
    const statement = this.database.prepare('SELECT * FROM runs WHERE idempotency_key = ?');
    const row = await answered(statement.bind(key).first());
    if (!row) return undefined;
    const { fingerprint, ...run } = keyedRowSchema.parse(row);
    return { run: runSchema.parse(run), fingerprint };
  }

  async find(id: string): Promise<Run | undefined> {
    const row = await answered(
      this.database.prepare('SELECT * FROM runs WHERE id = ?').bind(id).first(),
    );
    return row ? runSchema.parse(wholeRowSchema.parse(row)) : undefined;
  }

  /** The latest first. */
  async list({ kind, limit, before }: z.output<typeof listRunsSchema>): Promise<RunSummary[]> {
    const { results } = await answered(
      this.database
        .prepare(
          'SELECT id, kind, created, label, code, digests FROM runs ' +
            'WHERE (?1 IS NULL OR kind = ?1) AND (?2 IS NULL OR id < ?2) ORDER BY id DESC LIMIT ?3',
        )
        .bind(kind ?? null, before ?? null, limit)
        .all(),
    );
    return results.map((row) => runSummarySchema.parse(rowSchema.parse(row)));
  }

  /** The latest so many, the oldest first. */
  async trend(request: TrendRequest): Promise<TrendPoint[]> {
    const { model, metric, objects = 0, modality, order, question, limit } = request;
    const { results } = await answered(
      this.database
        .prepare(
          'SELECT run, created, label, digest, correct, queries FROM figures JOIN runs ON id = run ' +
            'WHERE model = ? AND metric = ? AND objects = ? AND modality = ? ' +
            'AND association_order = ? AND question = ? ORDER BY run DESC LIMIT ?',
        )
        .bind(model, metric, objects, modality, order, question, limit)
        .all(),
    );
    return results.map((row) => trendPointSchema.parse(pointRowSchema.parse(row))).reverse();
  }
}

/** @throws Problem where D1 does not */
async function answered<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    const detail = 'the database of the history does not answer';
    throw new Problem('history-unavailable', detail, { cause, headers: { 'retry-after': '5' } });
  }
}

/** @throws Problem where this deployment has none */
export function requireHistory(history: RunStore | undefined): RunStore {
  if (history) return history;
  throw new Problem('not-configured', 'this deployment keeps no history of runs');
}
