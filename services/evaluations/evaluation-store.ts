import { z } from 'zod';
import {
  EVALUATION_LIMITS,
  evaluationResourceSchema,
  evaluationSummarySchema,
  type EvaluationResource,
  type EvaluationSummary,
  type listEvaluationsSchema,
} from '../../contract/evaluations.ts';
import { daysAfter, Statements, type Database } from '../history/database.ts';
import { ServiceError } from '../service-error.ts';
import type { EvaluationOutcome } from './evaluation-parts.ts';
import {
  claimSchema,
  documentsSchema,
  partColumns,
  partRowSchema,
  summaryRowSchema,
  type Claim,
  type PartOutcomes,
} from './evaluation-rows.ts';

const MINUTE = 60_000;

/** Parts that one statement reads: some 4 MB at most. D1 allows 50 statements in an invocation on the free plan. */
const PARTS_PER_PAGE = 400;

/** Evaluations that run and made no progress for a while, or made it later than now: the clock was put back. */
const stalled = (before: string, after: string) =>
  `(state IN ('queued', 'running') AND (progressed < ${before} OR progressed > ${after}))`;
const stalledTimes = (now: Date) =>
  [-1, 1].map((sign) =>
    new Date(now.getTime() + sign * EVALUATION_LIMITS.stalledMinutes * MINUTE).toISOString(),
  );

const SUMMARY =
  'id, state, label, created, finished, code, digests, error, parts, ' +
  '(SELECT count(*) FROM evaluation_parts WHERE evaluation = id) AS done';

export type NewEvaluation = Pick<
  EvaluationResource,
  'id' | 'label' | 'created' | 'code' | 'digests' | 'request'
> & {
  readonly instance: string;
  readonly parts: number;
};

/** Evaluations and their parts (migrations/). Every method throws a ServiceError where D1 fails. */
export class EvaluationStore {
  readonly #sql: Statements;

  constructor(database: Database) {
    this.#sql = new Statements(database);
  }

  /** @returns false where it is stored already */
  async insert(evaluation: NewEvaluation): Promise<boolean> {
    const { id, label, instance, created, code, digests, request, parts } = evaluation;
    return this.#sql.change(
      'INSERT INTO evaluations (id, instance, state, created, progressed, code, digests, request, parts, label) ' +
        "VALUES (?1, ?2, 'queued', ?3, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING",
      ...[id, instance, created, code, JSON.stringify(digests), JSON.stringify(request), parts],
      label,
    );
  }

  async relabel(id: string, label: string): Promise<void> {
    await this.#sql.change('UPDATE evaluations SET label = ?2 WHERE id = ?1', id, label);
  }

  /**
   * Gives an unfinished evaluation to another workflow instance, where it failed or made no progress.
   *
   * @returns false where it did neither, or another request came first
   */
  takeOver(id: string, instance: string, now: Date): Promise<boolean> {
    return this.#sql.change(
      "UPDATE evaluations SET state = 'queued', instance = ?2, error = NULL, finished = NULL, " +
        `progressed = ?3 WHERE id = ?1 AND (state = 'failed' OR ${stalled('?4', '?5')})`,
      ...[id, instance, now.toISOString(), ...stalledTimes(now)],
    );
  }

  /** Evaluations whose workflow makes no progress, oldest first. */
  async stalled(now: Date): Promise<string[]> {
    const results = await this.#sql.all(
      `SELECT id FROM evaluations WHERE ${stalled('?1', '?2')} ORDER BY progressed LIMIT 10`,
      ...stalledTimes(now),
    );
    return results.map((row) => z.object({ id: z.string() }).parse(row).id);
  }

  /** @throws ServiceError where there is no such evaluation */
  async get(id: string): Promise<EvaluationResource> {
    const evaluation = await this.find(id);
    if (evaluation) return evaluation;
    throw new ServiceError('unknown-evaluation', `there is no evaluation ${id}`);
  }

  async find(id: string): Promise<EvaluationResource | undefined> {
    const row = await this.#sql.first(
      `SELECT ${SUMMARY}, request, result, sweeps, knockouts FROM evaluations WHERE id = ?`,
      id,
    );
    if (!row) return undefined;
    const documents = documentsSchema.parse(row);
    return evaluationResourceSchema.parse({ ...summaryRowSchema.parse(row), ...documents });
  }

  /** The workflow instance that computes it. */
  async instance(id: string): Promise<string | undefined> {
    const row = await this.#sql.first('SELECT instance FROM evaluations WHERE id = ?', id);
    return row ? z.object({ instance: z.string() }).parse(row).instance : undefined;
  }

  /** Newest first. */
  async list(request: z.output<typeof listEvaluationsSchema>): Promise<EvaluationSummary[]> {
    const { state, label, model, from, to, limit, before } = request;
    const [created, id] = before?.split('_') ?? [];
    const results = await this.#sql.all(
      `SELECT ${SUMMARY} FROM evaluations WHERE (?1 IS NULL OR state = ?1) ` +
        'AND (?2 IS NULL OR EXISTS (SELECT 1 FROM json_each(digests) WHERE key = ?2)) ' +
        'AND (?3 IS NULL OR created >= ?3) AND (?4 IS NULL OR created < ?4) ' +
        'AND (?6 IS NULL OR created < ?6 OR (created = ?6 AND id > ?7)) AND (?8 IS NULL OR label = ?8) ORDER BY created DESC, id LIMIT ?5',
      ...[state ?? null, model ?? null, from ?? null, to ?? null, limit],
      ...[created ?? null, id ?? null, label ?? null],
    );
    return results.map((row) => evaluationSummarySchema.parse(summaryRowSchema.parse(row)));
  }

  async begin(id: string, instance: string): Promise<void> {
    await this.#sql.change(
      "UPDATE evaluations SET state = 'running' WHERE id = ? AND instance = ? AND state = 'queued'",
      ...[id, instance],
    );
  }

  /**
   * What a workflow instance is to compute.
   *
   * @returns undefined where it was deleted, has ended, or belongs to another instance
   */
  async claim(id: string, instance: string): Promise<Claim | undefined> {
    const row = await this.#sql.first(
      'SELECT request, digests, parts FROM evaluations WHERE id = ? AND instance = ? ' +
        "AND state IN ('queued', 'running')",
      ...[id, instance],
    );
    return row ? claimSchema.parse(row) : undefined;
  }

  async hasPart(id: string, part: number): Promise<boolean> {
    const sql = 'SELECT 1 FROM evaluation_parts WHERE evaluation = ? AND part = ?';
    return (await this.#sql.first(sql, id, part)) !== null;
  }

  /** Stores a part once; nothing where the evaluation was deleted. */
  async insertPart(id: string, part: number, outcomes: PartOutcomes, now: Date): Promise<void> {
    await this.#sql.batch([
      this.#sql.bound(
        'INSERT INTO evaluation_parts (evaluation, part, model, objects, queries, correct, tally, knockout) ' +
          'SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 ' +
          'WHERE EXISTS (SELECT 1 FROM evaluations WHERE id = ?1) ON CONFLICT DO NOTHING',
        ...[id, part, outcomes.model, outcomes.objects, ...partColumns(outcomes)],
      ),
      this.#sql.bound(
        'UPDATE evaluations SET progressed = ? WHERE id = ?',
        ...[now.toISOString(), id],
      ),
    ]);
  }

  /** The outcomes of all stored parts, in their order, read page by page: together they can be too large for an isolate. */
  async *parts(id: string): AsyncGenerator<PartOutcomes, void> {
    for (let after = -1; ;) {
      const rows = await this.#sql.all(
        'SELECT part, model, objects, queries, correct, tally, knockout FROM evaluation_parts ' +
          'WHERE evaluation = ? AND part > ? ORDER BY part LIMIT ?',
        ...[id, after, PARTS_PER_PAGE],
      );
      for (const row of rows) yield partRowSchema.parse(row);
      if (rows.length < PARTS_PER_PAGE) return;
      after = z.object({ part: z.number() }).parse(rows.at(-1)).part;
    }
  }

  async finish(
    id: string,
    finished: string,
    { result, sweeps, knockouts }: EvaluationOutcome,
  ): Promise<void> {
    await this.#sql.change(
      "UPDATE evaluations SET state = 'done', finished = ?, result = ?, sweeps = ?, knockouts = ? " +
        "WHERE id = ? AND state <> 'done'",
      ...[finished, ...[result, sweeps, knockouts].map((one) => JSON.stringify(one)), id],
    );
  }

  async fail(id: string, finished: string, error: string): Promise<void> {
    await this.#sql.change(
      "UPDATE evaluations SET state = 'failed', finished = ?, error = ? WHERE id = ? AND state <> 'done'",
      ...[finished, error, id],
    );
  }

  /** Deletes it with its parts. */
  async delete(id: string): Promise<void> {
    await this.#sql.change('DELETE FROM evaluations WHERE id = ?', id);
  }

  /** Deletes what has expired. Bounded: the rest is deleted later. */
  async deleteExpired(now: Date): Promise<void> {
    const before = daysAfter(now, -EVALUATION_LIMITS.keptDays);
    await this.#sql.change(
      'DELETE FROM evaluations WHERE id IN ' +
        '(SELECT id FROM evaluations WHERE created < ? ORDER BY created LIMIT 100)',
      before,
    );
  }
}
