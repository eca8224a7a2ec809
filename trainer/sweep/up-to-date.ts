import { existsSync, statSync } from 'node:fs';
import type { Job } from './plan.ts';

/** As in make: whether the last file of a job is newer than the file that it is made from. */
export function isUpToDate({ output }: Job): boolean {
  if (!output || !existsSync(output.file) || !existsSync(output.source)) return false;
  return statSync(output.file).mtimeMs >= statSync(output.source).mtimeMs;
}
