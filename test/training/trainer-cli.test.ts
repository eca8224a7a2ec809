import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CHECKPOINT_FILE, loadCheckpoint } from '../../trainer/checkpoint.ts';
import { METRICS_FILE } from '../../trainer/metrics.ts';

const trainer = (...args: string[]) =>
  spawn(process.execPath, ['--import', 'tsx', 'trainer/cli.ts', ...args]);

/** Runs the trainer to its end; `onStart` gets the process. */
async function run(args: string[], onStart?: (child: ReturnType<typeof trainer>) => void) {
  const child = trainer(...args);
  onStart?.(child);
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, out, err };
}

describe('the trainer on the command line', () => {
  it('saves and says by its exit status that it was interrupted, and goes on from there', async () => {
    const out = join(mkdtempSync(join(tmpdir(), 'bindscope-')), 'run');
    const args = ['train', '--regime', 'text-only', '--out', out];
    const interrupted = await run(args, (child) => {
      // The first metrics are written after 20 steps.
      const watch = setInterval(() => {
        if (!existsSync(join(out, METRICS_FILE))) return;
        clearInterval(watch);
        child.kill('SIGINT');
      }, 50);
    });
    expect(interrupted.err).toBe('');
    expect(interrupted.code).toBe(128 + 2); // SIGINT
    const done = Number(/stopped after (\d+) of \d+ steps/.exec(interrupted.out)?.[1]);
    expect(done).toBeGreaterThanOrEqual(20);
    expect(loadCheckpoint(join(out, CHECKPOINT_FILE)).progress.step).toBe(done);

    const resumed = await run([...args, '--stop-after', String(done + 5)]);
    expect(resumed.code).toBe(0);
    expect(resumed.out).toContain(`stopped after ${done + 5} of`);
  });

  it.each([
    [['train', '--regime', 'nonsense'], /Allowed choices are text-only/],
    [['train', '--regime', 'text-only', '--seed', '-1'], /must be a whole number/],
    [['train', '--regime', 'image-only', '--grid', '15'], /It must be a whole number from 6 to 14/],
    [['train', '--regime', 'text-only', '--grid', '8'], /shows no pictures: omit --grid/],
    [
      ['train', '--regime', 'text-only', '--match-budget', '/x'],
      /a budget of its own: omit --match-budget/,
    ],
    [
      ['train', '--regime', 'text-only-long', '--from', '/x', '--match-budget', '/x'],
      /there is no checkpoint at \/x/,
    ],
    [
      ['train', '--regime', 'image-text', '--seed', '77', '--grid', '14'],
      /needs the run runs\/image-only-pocket-77-14x14, .* --regimes image-text .* --seeds 77 --grid 14\n/,
    ],
    [
      ['train', '--regime', 'image-text', '--from', '/nowhere', '--out', '/tmp/none'],
      /^error: there is no checkpoint at \/nowhere\/checkpoint\.safetensors\n$/,
    ],
    [
      ['export', '--regime', 'text-only', '--run', '/nowhere'],
      /^error: there is no checkpoint at/m,
    ],
  ])('refuses %j in plain words', async (args, message) => {
    const { code, err } = await run(args);
    expect(code).not.toBe(0);
    expect(err).toMatch(message);
    expect(err).not.toContain('    at ');
  });
});
