import { Miniflare } from 'miniflare';
import { applyMigrations, type LocalDatabase } from './migrations.ts';

/** An empty database of the history with its tables, in the D1 of workerd on this machine, without a worker. */
export async function openLocalDatabase(): Promise<{
  readonly database: LocalDatabase;
  /** Ends its process. */
  readonly close: () => Promise<void>;
}> {
  const miniflare = new Miniflare({
    modules: true,
    script: 'export default {}',
    d1Databases: ['HISTORY'],
  });
  const database = await miniflare.getD1Database('HISTORY');
  await applyMigrations(database);
  return { database, close: () => miniflare.dispose() };
}
