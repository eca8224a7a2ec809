import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { checkReportSchema } from '../../contract/regression.ts';
import { bindscope, startProcess } from '../support/cli.ts';
import { GitHubApi } from '../support/github-api.ts';
import { addNoise, copyModels, swap, truncate } from '../support/damage.ts';
import { ROOT } from '../../build/paths.ts';
import { startWorker } from '../../harness/worker.ts';

/**
 * The composite Action, as far as it runs without GitHub: its scripts, in bash, as a runner starts them. A
 * stand-in for `npm` unpacks the package instead of asking the registry; package.test.ts installs it with npm.
 */

const actionSchema = z.strictObject({
  name: z.string(),
  description: z.string(),
  inputs: z.record(z.string(), z.strictObject({ description: z.string(), default: z.string() })),
  outputs: z.strictObject({
    verdict: z.strictObject({
      description: z.string(),
      value: z.literal('${{ steps.check.outputs.verdict }}'),
    }),
  }),
  runs: z.strictObject({
    using: z.literal('composite'),
    steps: z.array(
      z.union([
        z.strictObject({ uses: z.string(), with: z.record(z.string(), z.unknown()) }),
        // A step of a composite action that runs something has to name its shell.
        z.strictObject({
          name: z.string(),
          id: z.string().optional(),
          shell: z.literal('bash'),
          run: z.string(),
          env: z.record(z.string(), z.string()).default({}),
          'working-directory': z.string().optional(),
        }),
      ]),
    ),
  }),
});
const { inputs, runs } = actionSchema.parse(parse(readFileSync(join(ROOT, 'action.yml'), 'utf8')));
const scripts = runs.steps.filter((step) => 'run' in step);
type Script = (typeof scripts)[number];
const script = (name: string): Script => {
  const found = scripts.find((one) => one.name === name);
  if (!found) throw new Error(`action.yml has no step "${name}"`);
  return found;
};
const [install, check] = [script('Install the package'), script('Check')];
/** Stands in for `npm`: `install` unpacks the package and links what it depends on; `ci` has been done. */
const NPM = `#!/usr/bin/env bash
set -euo pipefail
echo "$*" >> "$NPM_LOG"
case "$1" in
  ci) ;;
  install)
    modules="$3/node_modules"
    mkdir -p "$modules"
    for package in "$@"; do
      case "$package" in
        *.tgz) mkdir -p "$modules/bindscope" && tar -xzf "$package" -C "$modules/bindscope" --strip-components=1 ;;
        onnxruntime-web@*) ln -sfn "$ROOT/node_modules/onnxruntime-web" "$modules/onnxruntime-web" ;;
      esac
    done
    ln -sfn "$ROOT/node_modules/zod" "$modules/zod"
    ;;
  # Without this folder in the path, it is the real one.
  *) PATH="\${PATH#*:}" exec npm "$@" ;;
esac
`;

const EXPRESSION = /\$\{\{ (.+?) \}\}/g;

describe('the description of the Action', () => {
  it('uses every input, and none that there is not', () => {
    const used = scripts.flatMap(({ env }) =>
      Object.values(env).flatMap((text) =>
        Array.from(text.matchAll(EXPRESSION), ([, expression = '']) => expression),
      ),
    );
    const known = Object.keys(inputs).map((name) => `inputs.${name}`);
    expect(new Set(used.filter((name) => name.startsWith('inputs.')))).toEqual(new Set(known));
  });

  it('fills nothing into a script: an input could be one', () => {
    for (const { run } of scripts) expect(run).not.toContain('${{');
  });

  it('runs on a Node that is maintained', () => {
    expect(runs.steps[0]).toMatchObject({ with: { 'node-version': 24 } });
  });
});

describe('the scripts of the Action', () => {
  /** Somewhere else than the repository, as a workflow is. */
  const elsewhere = mkdtempSync(join(tmpdir(), 'bindscope-action-'));
  const file = (name: string) => join(elsewhere, name);
  const npmLog = file('npm.log');
  const MODEL = 'text-only';
  const QUICK = '--objects 4 --queries 48 --questions-per-scene 8 --pairs 0 --requests 1'.split(
    ' ',
  );
  const good = copyModels(MODEL);
  const api = new GitHubApi();
  beforeAll(() => api.start());
  afterAll(() => api.stop());
  beforeAll(async () => {
    mkdirSync(file('bin'));
    writeFileSync(file('bin/npm'), NPM, { mode: 0o755 });
    const where = ['--models-dir', good, '--out', file('baseline.json')];
    expect(await runStep(install, { 'models-dir': good })).toMatchObject({ code: 0 });
    expect(await bindscope(['baseline', ...where, ...QUICK])).toMatchObject({ code: 0 });
  });
  afterAll(() => {
    rmSync(elsewhere, { recursive: true });
    rmSync(good, { recursive: true });
  });

  /**
   * @param given inputs; others have their defaults
   * @param event what the workflow runs for, by default a push
   */
  async function runStep(step: Script, given: Record<string, string>, event: object = {}) {
    const values = new Map(
      Object.entries(inputs).map(([name, one]) => [`inputs.${name}`, one.default]),
    );
    for (const [name, value] of Object.entries(given)) values.set(`inputs.${name}`, value);
    values.set('github.action_path', ROOT).set('runner.temp', elsewhere);
    const filled = Object.entries(step.env).map(([name, text]) => [
      name,
      text.replaceAll(EXPRESSION, (_, expression: string) => values.get(expression) ?? ''),
    ]);
    const summary = file('summary.md');
    writeFileSync(summary, '');
    const output = file('output');
    writeFileSync(output, '');
    writeFileSync(npmLog, '');
    // How a runner starts a step whose shell is bash.
    const path = file('step.sh');
    writeFileSync(path, step.run);
    const result = await startProcess(
      elsewhere,
      'bash',
      ['--noprofile', '--norc', '-e', '-o', 'pipefail', path],
      {
        ...api.environment(event),
        ...(Object.fromEntries(filled) as Record<string, string>),
        GITHUB_STEP_SUMMARY: summary,
        GITHUB_OUTPUT: output,
        ...{ PATH: `${file('bin')}:${process.env['PATH'] ?? ''}`, NPM_LOG: npmLog, ROOT },
      },
    );
    return {
      ...result,
      summary: readFileSync(summary, 'utf8'),
      output: readFileSync(output, 'utf8'),
      npm: readFileSync(npmLog, 'utf8').trim().split('\n'),
    };
  }

  /** Checks as the last step does. */
  const runCheck = (given: Record<string, string>, event?: object) => runStep(check, given, event);

  it('install the package that npm has, where a version is given', async () => {
    const { code, npm } = await runStep(install, { version: '0.2.0', url: 'http://127.0.0.1' });
    expect(code).toBe(0);
    const folder = join(elsewhere, 'bindscope');
    expect(npm).toEqual([
      `install --prefix ${folder} --no-audit --no-fund --ignore-scripts bindscope@0.2.0`,
    ]);
  });

  const damaged = (damage: (folder: string) => void) => {
    const folder = copyModels(MODEL);
    damage(folder);
    return folder;
  };

  it('passes what is as it was, by its default baseline', async () => {
    const result = await runCheck({ 'models-dir': good });
    expect(result).toMatchObject({ code: 0, err: '', output: 'verdict=pass\n' });
    expect(result.out).not.toContain('::');
    expect(result.summary).toContain('## bindscope: no regression');
  });

  it.each([
    [
      'noise in the weights',
      (folder: string) => {
        addNoise(folder, MODEL, 0.5);
      },
      /^::error title=bindscope::text-only on text, in order, 4 objects: 100 %25/m,
      /\| text-only \| text, in order \| 4 objects \| .* \*\*regressed\*\* \|/,
    ],
    [
      'a file cut short',
      (folder: string) => {
        truncate(folder, MODEL);
      },
      /^::error title=bindscope::model "text-only" cannot be loaded: model\.onnx has \d+ bytes/m,
      /^- \*\*failure\*\*: model "text-only" cannot be loaded/m,
    ],
    [
      'a swapped file',
      (folder: string) => {
        swap(folder, MODEL, 'noise-text');
      },
      /^::error title=bindscope::.*(the sha256 of model\.onnx differs|has \d+ bytes)/m,
      /^- \*\*failure\*\*: model "text-only" cannot be loaded/m,
    ],
  ])('fails at %s, with annotations, summary and reports', async (_, damage, annotation, line) => {
    const folder = damaged(damage);
    const [junit, json] = [file('report.xml'), file('report.json')];
    const result = await runCheck({ 'models-dir': folder, baseline: 'baseline.json', junit, json });
    expect(result).toMatchObject({ code: 1, output: 'verdict=regression\n' });
    expect(result.out).toMatch(annotation);
    expect(result.summary).toContain('## bindscope: regression');
    expect(result.summary).toMatch(line);
    expect(readFileSync(junit, 'utf8')).toContain('<failure');
    const report = checkReportSchema.parse(JSON.parse(readFileSync(json, 'utf8')));
    expect(report.verdict).toBe('regression');
    rmSync(folder, { recursive: true });
  });

  it('checks a server, and the models that an input names', async () => {
    const worker = await startWorker(good);
    const url = worker.url.href;
    const passed = await runCheck({ url, models: `${MODEL}@shipped` });
    expect(passed).toMatchObject({ code: 0, err: '' });
    const failed = await runCheck({ url, models: `${MODEL}@canary` });
    await worker.stop();
    expect(failed.code).toBe(1);
    expect(failed.out).toMatch(/^::error title=bindscope::model "text-only" has /m);
  });

  it('writes one comment on a pull request, and updates it', async () => {
    const folder = damaged((copy) => {
      addNoise(copy, MODEL, 0.5);
    });
    const pull = { pull_request: { number: 7 } };
    const token = GitHubApi.TOKEN;
    const failed = await runCheck({ 'models-dir': folder, token }, pull);
    rmSync(folder, { recursive: true });
    expect(failed.code).toBe(1);
    expect(api.comments).toHaveLength(1);
    expect(api.comments[0]?.body).toContain('### What got worse\n\n- text-only on text, in order');
    const passed = await runCheck({ 'models-dir': good, token }, pull);
    expect(passed.code).toBe(0);
    expect(api.comments).toHaveLength(1);
    expect(api.comments[0]?.body).toContain('## bindscope: no regression');
    // Without permission, the check still counts.
    api.refuse = 403;
    const share = { 'minimum-detectable': '0.03' };
    const refused = await runCheck({ 'models-dir': good, token, ...share }, pull);
    expect(refused).toMatchObject({ code: 3, output: 'verdict=insufficient\n' });
    expect(refused.err).toContain('::warning title=bindscope::no comment on the pull request');
    expect(refused.summary).toContain('## bindscope: insufficient');
    for (const { out, err } of [failed, passed, refused]) expect(out + err).not.toContain(token);
    const requests = api.requests.length;
    expect((await runCheck({ 'models-dir': good, token, comment: 'false' }, pull)).code).toBe(0);
    expect(api.requests).toHaveLength(requests);
  });

  it('ends with 2 and says why where it could not run', async () => {
    const result = await runCheck({ 'models-dir': good, baseline: 'none.json' });
    expect(result).toMatchObject({ code: 2, summary: '' });
    expect(result.out).toMatch(/^::error title=bindscope::cannot read the baseline none\.json/);
    expect(result.err).toMatch(/^error: cannot read the baseline none\.json: .*\n$/);
  });

  it('runs nothing that an input says', async () => {
    const baseline = '$(touch pwned) `touch pwned`; touch pwned "';
    expect((await runCheck({ 'models-dir': good, baseline })).code).toBe(2);
    expect(existsSync(file('pwned'))).toBe(false);
  });
});
