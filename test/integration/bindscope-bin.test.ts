import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { copyModels, truncate } from '../support/damage.ts';
import { ROOT } from '../support/paths.ts';

const manifestSchema = z.object({ bin: z.object({ bindscope: z.string() }) });
const manifest: unknown = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const BIN = join(ROOT, manifestSchema.parse(manifest).bin.bindscope);
/** Somewhere else than the repository, as a pipeline is. */
const elsewhere = mkdtempSync(join(tmpdir(), 'bindscope-bin-'));
const QUICK = '--models text-only --objects 4 --queries 8 --per-scene 8 --pairs 0 --requests 1';

async function start(command: string, args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(command, args, { cwd: elsewhere, env: { ...process.env, ...env } });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, out, err };
}

const bindscope = (...args: string[]) => start(process.execPath, [BIN, ...args]);

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
});

const actionSchema = z.object({
  inputs: z.record(z.string(), z.object({ default: z.string() })),
  runs: z.object({
    using: z.literal('composite'),
    steps: z.array(
      z.object({ run: z.string().optional(), env: z.record(z.string(), z.string()).optional() }),
    ),
  }),
});

describe('the GitHub Action', () => {
  const { inputs, runs } = actionSchema.parse(
    parse(readFileSync(join(ROOT, 'action.yml'), 'utf8')),
  );
  const { run = '', env = {} } = runs.steps.at(-1) ?? {};

  /** Does what the last step does, as a runner would. */
  function runStep(given: Record<string, string>) {
    const values: Record<string, string> = { 'github.action_path': ROOT };
    for (const [name, input] of Object.entries(inputs)) {
      values[`inputs.${name}`] = given[name] ?? input.default;
    }
    const filled = Object.entries(env).map(([name, text]) => {
      return [name, text.replaceAll(/\$\{\{ (.+?) \}\}/g, (_, key: string) => values[key])];
    });
    const summary = join(elsewhere, 'summary.md');
    writeFileSync(summary, '');
    const surroundings = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary };
    return start('bash', ['-e', '-o', 'pipefail', '-c', run], {
      ...(Object.fromEntries(filled) as Record<string, string>),
      ...surroundings,
    }).then((result) => ({ ...result, summary: readFileSync(summary, 'utf8') }));
  }

  it('passes what is as it was, and annotates what is not', async () => {
    const folder = copyModels('text-only');
    const out = join(elsewhere, 'action.json');
    await bindscope('baseline', '--models-dir', folder, '--out', out, ...QUICK.split(' '));
    const good = await runStep({ 'models-dir': folder, baseline: out });
    expect(good).toMatchObject({ code: 0, err: '' });
    expect(good.summary).toContain('## bindscope: no regression');

    truncate(folder, 'text-only');
    const junit = join(elsewhere, 'junit.xml');
    const bad = await runStep({ 'models-dir': folder, baseline: out, junit });
    expect(bad.code).toBe(1);
    expect(bad.out).toMatch(/^::error title=bindscope::model "text-only" cannot be loaded: model/m);
    expect(bad.summary).toContain('- **failure**: model "text-only" cannot be loaded');
    expect(readFileSync(junit, 'utf8')).toContain('<failure');
  });
});
