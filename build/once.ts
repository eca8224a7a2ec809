import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lock } from 'proper-lockfile';
import { hashOf } from './files.ts';
import { ROOT } from './paths.ts';

/** A process that has held a lock so long without a sign of life has ended, in milliseconds. */
const STALE = 120_000;

/** How often a waiting process tries again, in milliseconds. */
const RETRY = 200;

/**
 * Builds something in `dist/` unless it was built from the same sources before. One process at a
 * time: wrangler, a test run and `npm start` may all want it.
 *
 * @param name of what is built; `dist/NAME.hash` keeps the hash of its sources
 * @param sources files and folders within the repository, everything the result depends on
 * @param build makes it
 */
export async function buildOnce(
  name: string,
  sources: readonly string[],
  build: () => Promise<void>,
): Promise<void> {
  await withLock(name, async () => {
    if (isBuilt(name, sources)) return;
    const hash = hashOf(sources);
    const stamp = stampOf(name);
    // A build that fails may leave neither the old result nor the new one.
    rmSync(stamp, { force: true });
    await build();
    writeFileSync(stamp, hash);
  });
}

/** Whether something was built from the sources as they are. */
export function isBuilt(name: string, sources: readonly string[]): boolean {
  const stamp = stampOf(name);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === hashOf(sources);
}

const stampOf = (name: string) => join(ROOT, 'dist', `${name}.hash`);

/** Runs some work while no other process does the work of that name. */
export async function withLock(name: string, work: () => Promise<void>): Promise<void> {
  mkdirSync(join(ROOT, 'dist'), { recursive: true });
  const unlock = await lock(join(ROOT, 'dist', name), {
    realpath: false,
    stale: STALE,
    retries: { forever: true, minTimeout: RETRY, maxTimeout: RETRY },
  });
  try {
    await work();
  } finally {
    await unlock();
  }
}
