import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeAtomically } from '../node/files.ts';

/** @throws Error where a path is not a new or empty folder */
export function requireWritable(out: string, force: boolean): void {
  if (!existsSync(out)) return;
  if (!statSync(out).isDirectory()) throw new Error(`${out} is a file; --out must be a folder`);
  if (!force && readdirSync(out).length > 0) {
    throw new Error(`${out} is not empty; with --force, files in it are replaced`);
  }
}

/** Writes files, each by its path in the folder, with the folders that they need. */
export function writeFiles(folder: string, files: ReadonlyMap<string, string | Uint8Array>): void {
  for (const [name, content] of files) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeAtomically(path, content);
  }
}
