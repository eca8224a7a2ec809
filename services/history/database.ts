import { z } from 'zod';
import { ServiceError } from '../service-error.ts';

/** The part of Cloudflare's D1Database that is used. */
export interface Database {
  prepare(sql: string): Statement;
  /** Runs all statements in one transaction. */
  batch(
    statements: Statement[],
  ): Promise<readonly { readonly meta: { readonly changes: number } }[]>;
}

export interface Statement {
  bind(...values: unknown[]): Statement;
  first(): Promise<Record<string, unknown> | null>;
  all(): Promise<{ readonly results: readonly Record<string, unknown>[] }>;
}

/** Statements of SQL with their values. Every method but `bound` throws a ServiceError where D1 fails. */
export class Statements {
  constructor(private readonly database: Database) {}

  bound(sql: string, ...values: unknown[]): Statement {
    return this.database.prepare(sql).bind(...values);
  }

  /** Runs all in one transaction. @returns how many rows each changed */
  async batch(statements: Statement[]): Promise<number[]> {
    const results = await answered(this.database.batch(statements));
    return results.map(({ meta }) => meta.changes);
  }

  /** @returns whether a row changed */
  async change(sql: string, ...values: unknown[]): Promise<boolean> {
    const [changes = 0] = await this.batch([this.bound(sql, ...values)]);
    return changes > 0;
  }

  first(sql: string, ...values: unknown[]): Promise<Record<string, unknown> | null> {
    return answered(this.bound(sql, ...values).first());
  }

  async all(sql: string, ...values: unknown[]): Promise<readonly Record<string, unknown>[]> {
    return (await answered(this.bound(sql, ...values).all())).results;
  }
}

async function answered<T>(query: Promise<T>): Promise<T> {
  try {
    return await query;
  } catch (cause) {
    const detail = 'the history database does not answer';
    throw new ServiceError('history-unavailable', detail, { cause, retryAfterSeconds: 5 });
  }
}

/** A column with JSON. */
export const jsonColumn = z.string().transform((text): unknown => JSON.parse(text));

export const DAY = 86_400_000;

/** The time so many days after another, as columns have it. */
export const daysAfter = (time: string | Date, days: number): string =>
  new Date(new Date(time).getTime() + days * DAY).toISOString();
