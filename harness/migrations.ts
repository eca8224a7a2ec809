import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Miniflare } from 'miniflare';
import { ROOT } from '../build/paths.ts';

/** A D1 of miniflare. */
export type LocalDatabase = Awaited<ReturnType<Miniflare['getD1Database']>>;

const DIRECTORY = join(ROOT, 'migrations');

/** The table in which `wrangler d1 migrations apply` keeps what it has applied. */
const APPLIED = `CREATE TABLE IF NOT EXISTS d1_migrations(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT UNIQUE,
  applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
)`;

/**
 * Applies the migrations that a local database has not seen, in their order, as
 * `wrangler d1 migrations apply --local` does, without starting wrangler.
 */
export async function applyMigrations(database: LocalDatabase): Promise<void> {
  await database.prepare(APPLIED).run();
  const { results } = await database.prepare('SELECT name FROM d1_migrations').all();
  const applied = new Set(results.map((row) => row['name']));
  for (const name of readdirSync(DIRECTORY).sort()) {
    if (applied.has(name)) continue;
    const statements = statementsOf(readFileSync(join(DIRECTORY, name), 'utf8'));
    const done = database.prepare('INSERT INTO d1_migrations (name) VALUES (?)').bind(name);
    await database.batch([...statements.map((text) => database.prepare(text)), done]);
  }
}

/** Statements of a file that has no trigger, whose body would have semicolons of its own. */
const statementsOf = (sql: string): string[] =>
  sql
    .replaceAll(/--.*$/gm, '')
    .split(';')
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
