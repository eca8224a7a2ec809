import { createHash } from 'node:crypto';
import {
  closeSync,
  createWriteStream,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';

/** A file that cannot be read or written. The message names the file and the reason. */
export class FileError extends Error {
  override readonly name = 'FileError';
}

/**
 * Writes a temporary file next to `path`, flushes it to the disk and renames it, so that `path` holds
 * either the old content or the new content after a crash.
 *
 * @throws FileError when the file cannot be written, on a full disk for example; the old one is unchanged
 */
export function writeAtomically(path: string, data: Uint8Array | string): void {
  const temporary = `${path}.partial`;
  const bytes = typeof data === 'string' ? Buffer.from(data) : data;
  try {
    const file = openSync(temporary, 'w');
    try {
      for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw unwritten(path, cause);
  }
}

/**
 * The same for text that comes in pieces.
 *
 * @throws FileError when the file cannot be written; what `pieces` throws
 */
export async function writePiecesAtomically(
  path: string,
  pieces: AsyncIterable<string>,
): Promise<void> {
  const temporary = `${path}.partial`;
  try {
    await pipeline(pieces, createWriteStream(temporary, { flush: true }));
    renameSync(temporary, path);
  } catch (cause) {
    rmSync(temporary, { force: true });
    // Only errors of the system name a call of it.
    throw cause instanceof Error && 'syscall' in cause ? unwritten(path, cause) : cause;
  }
}

function unwritten(path: string, cause: unknown): FileError {
  const reason = errorCode(cause) ?? 'unknown reason';
  return new FileError(`cannot write ${path} (${reason}); its old content is unchanged`, { cause });
}

/**
 * Reads a JSON file and checks it against a schema.
 *
 * @throws FileError when the file is missing, is not JSON, or does not match the schema
 */
export function readJson<T>(path: string, schema: z.ZodType<T>): T {
  const result = schema.safeParse(parseFile(path));
  if (result.success) return result.data;
  throw new FileError(`${path} has an unexpected content:\n${z.prettifyError(result.error)}`, {
    cause: result.error,
  });
}

function parseFile(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    if (cause instanceof SyntaxError) {
      throw new FileError(`${path} is not JSON: ${cause.message}`, { cause });
    }
    const code = errorCode(cause);
    const reason = code === 'ENOENT' ? 'there is no such file' : (code ?? 'unknown reason');
    throw new FileError(`cannot read ${path}: ${reason}`, { cause });
  }
}

/** @returns the hash in hexadecimal */
export function sha256(data: Uint8Array | string): string {
  return createHash('sha256').update(data).digest('hex');
}

/** The code of a system error, `ENOENT` for example. */
function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
