import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { bindscope } from '../support/cli.ts';
import { ROOT } from '../../build/paths.ts';

const manifest = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));

describe('bindscope tells', () => {
  it('its version, which is that of the package', async () => {
    const { code, out } = await bindscope(['--version']);
    expect({ code, out }).toEqual({ code: 0, out: `${manifest.version}\n` });
  });

  it('what it can do, and each command its options, every one with a description', async () => {
    const { code, out, err } = await bindscope(['--help']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const commands = Array.from(
      out.matchAll(/^ {2}([a-z]+) \[options\]/gm),
      ([, name = '']) => name,
    );
    expect(commands).toEqual(expect.arrayContaining(['baseline', 'check', 'publish', 'delete']));
    expect(out).toContain('Exit codes: 0');
    for (const command of commands) {
      const help = await bindscope([command, '--help']);
      expect({ command, code: help.code, err: help.err }).toEqual({ command, code: 0, err: '' });
      const options = help.out.split('\n').filter((line) => /^ {2}(-h, )?--/.test(line));
      expect(options.length).toBeGreaterThan(1);
      for (const option of options) expect(option).toMatch(/^ {2}\S.* {2,}\w/);
    }
  });
});

describe('bindscope could not run', () => {
  it.each([
    [
      'check --baseline none.json',
      /^error: cannot read the baseline none\.json: the file does not/,
    ],
    ['check --baseline package.json', /^error: package\.json is not a valid baseline: schema/],
    ['check --baseline README.md', /cannot read the baseline README\.md: it is not JSON/],
    ['baseline --models-dir nowhere', /^error: nowhere\/index\.json: there is no such file/],
    ['baseline --url nonsense', /^error: "nonsense" is not a URL/],
    [
      'baseline --models-dir models --models none',
      /^error: there is no model "none"; the models are: /,
    ],
    ['baseline --queries 0', /queries must be a whole number from 1 to 2000/],
    ['baseline --objects 2,2', /objects must not repeat an entry/],
    [
      'check --models a,b,a,b',
      /^error: option --models "a,b,a,b": "a" must not be repeated; "b" must not be repeated/,
    ],
    [
      'baseline --objects 2,2 --queries 0 --seed x',
      /option --objects "2,2": .*; option --queries "0": .*; option --seed "x": /,
    ],
    ['check --minimum-detectable 3', /option --minimum-detectable "3": it must be a share between/],
    ['check --update --models text-only', /'--update' cannot be used with option '--models/],
    [
      'check --baseline test/fixtures/checks/no-models/baseline.json',
      /^error: test\/fixtures\/checks\/no-models\/baseline\.json is not a valid baseline: models: models must have at least 1 entry$/m,
    ],
    [
      'check --baseline test/fixtures/checks/repeated-model/baseline.json',
      /repeated-model\/baseline\.json is not a valid baseline: models\.1\.id: must not repeat made$/m,
    ],
    [
      'check --baseline test/fixtures/checks/unknown-keys/baseline.json',
      /tolerances\.alfa: there is no such key; tolerences: there is no such key; models\.0\.conditions\.0\.byObjects\.0\.count: must be the queries of the plan, 16; .*byObjects\.1\.count/,
    ],
    ['check --baseline .', /^error: cannot read the baseline \.: EISDIR/],
    ['baseline --url http://a.test --models-dir b', /cannot be used with/],
    [
      'baseline --timeout nonsense',
      /option --timeout "nonsense": it must be a number, at least 0\.001/,
    ],
    ['ask --objects 3', /required option '--model <name>'/],
    ['ask --model text-only --models-dir models --modality image', /reads only text/],
    ['diff --url http://a.test', /give two deployments/],
    ['nonsense', /unknown command/],
    ['check --basline x', /unknown option '--basline' \(Did you mean --baseline\?\)/],
    [
      'check --models TEXT --baseline package.json',
      /a model must be an id of 1 to 64 characters of a-z, 0-9 and -/,
    ],
    ['promote text-only first', /version must be a whole number from 1/],
  ])('(%s)', async (args, message) => {
    const { code, out, err } = await bindscope(args.split(' '));
    expect(code).toBe(2);
    expect(err).toMatch(message);
    expect(err + out).not.toContain('    at ');
    expect(err.trimEnd().split('\n')).toHaveLength(1);
  });

  it.each([
    ['diff', /^::error title=bindscope::give two deployments/],
    ['check --nonsense', /^::error title=bindscope::unknown option '--nonsense'/],
  ])('annotates why, on GitHub (%s)', async (args, annotation) => {
    const { out } = await bindscope(args.split(' '), { GITHUB_ACTIONS: 'true' });
    expect(out).toMatch(annotation);
  });
});
