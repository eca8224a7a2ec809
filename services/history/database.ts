/** The part of Cloudflare's D1Database that the history uses. */
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
