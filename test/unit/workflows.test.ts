import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { ROOT } from '../../build/paths.ts';

/** The workflows of GitHub, as far as they run without it; `.ci/run` checks their syntax with actionlint. */

const stepSchema = z.looseObject({ name: z.string().optional(), run: z.string().optional() });
const workflowSchema = z.looseObject({
  permissions: z.record(z.string(), z.string()),
  jobs: z.record(z.string(), z.looseObject({ steps: z.array(stepSchema).optional() })),
});
const FOLDER = join(ROOT, '.github/workflows');
const FILES = readdirSync(FOLDER);
const read = (file: string) =>
  workflowSchema.parse(parse(readFileSync(join(FOLDER, file), 'utf8')));

/** The script of a step, by its name. */
function scriptOf(file: string, name: string): string {
  const steps = Object.values(read(file).jobs).flatMap((job) => job.steps ?? []);
  const run = steps.find((step) => step.name === name)?.run;
  if (run === undefined) throw new Error(`${file} has no step "${name}"`);
  return run;
}

const folder = mkdtempSync(join(tmpdir(), 'bindscope-workflows-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Runs a script as a runner does. */
const bash = (script: string, env: Record<string, string>) =>
  spawnSync('bash', ['--noprofile', '--norc', '-e', '-o', 'pipefail', '-c', script], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, ...env, PATH: `${folder}:${process.env['PATH'] ?? ''}` },
  });

it.each(FILES)('%s may by default only read', (file) => {
  const { permissions } = read(file);
  const written = Object.entries(permissions).filter(([, access]) => access !== 'read');
  expect(written).toEqual(file === 'watch.yml' ? [['issues', 'write']] : []);
});

describe('the issue of watch.yml', () => {
  const script = scriptOf('watch.yml', 'Open or close the issue');
  const state = join(folder, 'open');
  /** Stands in for GitHub's command line: at most one issue, which is open or not. */
  const GH = `#!/usr/bin/env bash
case "$1 $2" in
  'label create') ;;
  'issue list') if [ -e open ]; then echo 7; fi ;;
  'issue create') [ ! -e open ] && echo "created $*" > open ;;
  'issue edit') echo "edited $*" > open ;;
  'issue close') rm open ;;
  *) exit 9 ;;
esac
`;
  const watch = (verdict: string, run: string) =>
    bash(script, {
      VERDICT: verdict,
      URL: 'https://bindscope.example',
      GITHUB_SERVER_URL: 'https://github.example',
      GITHUB_REPOSITORY: 'owner/bindscope',
      GITHUB_RUN_ID: run,
    }).status;
  beforeEach(() => {
    writeFileSync(join(folder, 'gh'), GH, { mode: 0o755 });
    rmSync(state, { force: true });
  });

  it('is opened once, edited while the check does not pass, and closed when it passes', () => {
    expect([watch('pass', '1'), existsSync(state)]).toEqual([0, false]);
    expect([watch('regression', '2'), readFileSync(state, 'utf8')]).toEqual([
      1,
      expect.stringMatching(/^created .*https:\/\/bindscope\.example.*\/actions\/runs\/2$/m),
    ]);
    expect([watch('regression', '3'), readFileSync(state, 'utf8')]).toEqual([
      1,
      expect.stringMatching(/^edited issue edit 7 .*\/actions\/runs\/3$/m),
    ]);
    expect([watch('pass', '4'), existsSync(state)]).toEqual([0, false]);
  });

  it.each([
    ['regression', 'https://bindscope.example is worse than its baseline'],
    ['insufficient', 'The check of https://bindscope.example could not have seen a loss'],
    ['could-not-run', 'The check of https://bindscope.example could not run'],
    // The action ended before the check, such as where npm failed.
    ['', 'The check of https://bindscope.example could not run'],
  ])('has a title for the verdict "%s", also where it was open for another', (verdict, title) => {
    watch(verdict, '1');
    expect(readFileSync(state, 'utf8')).toContain(`--title ${title} --body`);
    watch(verdict === 'regression' ? 'insufficient' : 'regression', '2');
    watch(verdict, '3');
    expect(readFileSync(state, 'utf8')).toMatch(/^edited issue edit 7 /);
    expect(readFileSync(state, 'utf8')).toContain(`--title ${title} --body`);
  });
});

describe('a release', () => {
  const script = scriptOf(
    'release.yml',
    'Compare the tag with package.json, and find its section in CHANGELOG.md',
  );
  const release = (tag: string) => bash(script, { GITHUB_REF_NAME: tag, RUNNER_TEMP: folder });
  beforeEach(() => {
    writeFileSync(join(folder, 'package.json'), '{ "version": "0.2.0" }');
    writeFileSync(
      join(folder, 'CHANGELOG.md'),
      '# Changelog\n\n## Unreleased\n\n## 0.2.0 (2027-01-01)\n\nNews.\n\n## 0.1.0 (2026-11-22)\n\nOld.\n',
    );
  });

  it('has the section of its version as notes', () => {
    expect(release('v0.2.0').status).toBe(0);
    expect(readFileSync(join(folder, 'notes.md'), 'utf8')).toBe('\nNews.\n\n');
  });

  it('is refused where the tag or the section is that of another version', () => {
    expect(release('v0.1.0')).toMatchObject({ status: 1 });
    writeFileSync(join(folder, 'CHANGELOG.md'), '# Changelog\n\n## Unreleased\n\nNews.\n');
    expect(release('v0.2.0').stdout).toContain('::error::CHANGELOG.md has no section "## 0.2.0');
  });
});
