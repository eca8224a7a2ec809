import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { writePiecesAtomically } from '../../node/files.ts';

describe('a file that is written in pieces', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bindscope-files-'));
  const path = join(folder, 'file');
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  async function* pieces(count: number, fault?: Error) {
    for (let piece = 0; piece < count; piece++) {
      await new Promise((resolve) => setImmediate(resolve));
      yield `${piece}\n`;
    }
    if (fault) throw fault;
  }

  it('has them all', async () => {
    await writePiecesAtomically(path, pieces(3));
    expect(readFileSync(path, 'utf8')).toBe('0\n1\n2\n');
    expect(readdirSync(folder)).toEqual(['file']);
  });

  it('keeps its old content where they end with an error, or the disk is full', async () => {
    const fault = new Error('the server is gone');
    await expect(writePiecesAtomically(path, pieces(2, fault))).rejects.toBe(fault);
    // Every write to /dev/full fails as on a full disk.
    symlinkSync('/dev/full', `${path}.partial`);
    await expect(writePiecesAtomically(path, pieces(2))).rejects.toThrow(
      `cannot write ${path} (ENOSPC); its old content is unchanged`,
    );
    expect(readFileSync(path, 'utf8')).toBe('0\n1\n2\n');
    expect(readdirSync(folder)).toEqual(['file']);
  });
});
