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
    ['baseline --models-dir nowhere', /^error: index\.json is missing from the models/],
    ['baseline --url nonsense', /^error: "nonsense" is not a URL/],
    [
      'baseline --models-dir models --models none',
      /^error: there is no model "none"; the models are: /,
    ],
    ['baseline --queries 0', /queries must be a whole number from 1 to 2000/],
    ['baseline --objects 2,2', /objects must not repeat an entry/],
    ['baseline --url http://a.test --models-dir b', /cannot be used with/],
    ['baseline --timeout nonsense', /It must be a number/],
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
