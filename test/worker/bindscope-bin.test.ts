import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startProcess } from '../support/cli.ts';
import { ROOT } from '../../build/paths.ts';

const manifestSchema = z.object({ bin: z.object({ bindscope: z.string() }) });
const manifest: unknown = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const BIN = join(ROOT, manifestSchema.parse(manifest).bin.bindscope);
/** Somewhere else than the repository, as a pipeline is. */
const elsewhere = mkdtempSync(join(tmpdir(), 'bindscope-bin-'));
const QUICK =
  '--models text-only --objects 4 --queries 48 --questions-per-scene 8 --pairs 0 --requests 1';

const bindscope = (...args: string[]) => startProcess(elsewhere, process.execPath, [BIN, ...args]);

describe('the bin', () => {
  it('runs from any folder, and records and checks what it recorded', async () => {
    const models = ['--models-dir', join(ROOT, 'models')];
    const recorded = await bindscope('baseline', ...models, ...QUICK.split(' '));
    expect(recorded).toMatchObject({ code: 0, err: '' });
    expect(recorded.out).toContain('text-only, text, context: ID 100 %');
    const checked = await bindscope('check', ...models, '--runtime', 'wasm');
    expect(checked).toMatchObject({ code: 0, err: '' });
    expect(checked.out).toContain('PASS');
  });

  it('ends with 2 and one line where it could not run', async () => {
    const { code, out, err } = await bindscope('check', '--url', 'http://127.0.0.1:9');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^error: http:\/\/127\.0\.0\.1:9\/ cannot be reached: .*\n$/);
  });

  it('ends with 2, and at most one line, where its output cannot be written', async () => {
    const shell = (redirected: string) =>
      startProcess(elsewhere, 'bash', [
        '-c',
        `"$0" "$1" --help ${redirected}`,
        process.execPath,
        BIN,
      ]);
    expect(await shell('> /dev/full')).toEqual({
      code: 2,
      out: '',
      err: 'error: cannot write the output (ENOSPC)\n',
    });
    // The reader has gone before anything is written.
    expect(await shell('> >(exec 0<&-); echo $?')).toEqual({ code: 0, out: '2\n', err: '' });
  });
});
