import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** How often whoever waits looks again, in milliseconds. */
const LOOK = 200;

/**
 * Lets one process at a time do something: wrangler starts a build at every change, without waiting
 * for the last one.
 *
 * @param file that holds the process at work
 */
export async function withLock(file: string, work: () => Promise<void>): Promise<void> {
  mkdirSync(dirname(file), { recursive: true });
  while (!taken(file)) await new Promise((resolve) => setTimeout(resolve, LOOK));
  try {
    await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function taken(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    if (!isAlive(file)) rmSync(file, { force: true });
    return false;
  }
}

/** Whether the process that holds the file still runs. */
function isAlive(file: string): boolean {
  try {
    process.kill(Number(readFileSync(file, 'utf8')), 0);
    return true;
  } catch {
    return false;
  }
}
