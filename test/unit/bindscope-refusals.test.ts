import { describe, expect, it } from 'vitest';
import { bindscope } from '../support/cli.ts';

describe('bindscope could not run', () => {
  it.each([
    ['check --baseline none.json', /^error: the baseline none\.json cannot be read: there is no/],
    ['check --baseline package.json', /^error: the baseline package\.json is not one, at schema/],
    ['check --baseline README.md', /cannot be read: it is not JSON/],
    ['baseline --models-dir nowhere', /^error: index\.json is missing from the models/],
    ['baseline --url nonsense', /^error: "nonsense" is not a URL/],
    ['baseline --models-dir models --models none', /^error: there is no model "none"; there are/],
    ['baseline --queries 0', /queries must be a whole number from 1 to 2000/],
    ['baseline --objects 2,2', /objects must not name one twice/],
    ['baseline --url http://a.test --models-dir b', /cannot be used with/],
    ['baseline --timeout nonsense', /It must be a number/],
    ['ask --objects 3', /required option '--model <id>'/],
    ['ask --model text-only --models-dir models --modality image', /reads text only/],
    ['diff --url http://a.test', /name two deployments/],
    ['nonsense', /unknown command/],
  ])('(%s)', async (args, message) => {
    const { code, out, err } = await bindscope(args.split(' '));
    expect(code).toBe(2);
    expect(err).toMatch(message);
    expect(err + out).not.toContain('    at ');
  });

  it('annotates why, on GitHub', async () => {
    const { out } = await bindscope(['diff'], { GITHUB_ACTIONS: 'true' });
    expect(out).toMatch(/^::error title=bindscope::name two deployments/);
  });
});
