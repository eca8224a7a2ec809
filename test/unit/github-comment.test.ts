import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeComment } from '../../cli/report/github-comment.ts';
import { couldNotRunComment, reportComment } from '../../cli/report/pull-request.ts';
import { madeBaseline, madeRecording, outcomes } from '../../harness/recordings.ts';
import { compareRecordings } from '../../statistics/regression.ts';
import { bindscope } from '../support/cli.ts';
import { GitHubApi } from '../support/github-api.ts';

let api: GitHubApi;
beforeEach(async () => {
  api = new GitHubApi();
  await api.start();
});
afterEach(() => api.stop());

/** Writes a comment. @returns everything that was printed */
async function comment(body: string, env = api.environment(), subject = 'baseline.json') {
  let printed = '';
  await writeComment(body, subject, { err: (text) => (printed += text), env });
  return printed;
}

describe('the comment on a pull request', () => {
  it('is created once, and then updated in place', async () => {
    api.addComments(2);
    expect(await comment('first')).toBe('');
    expect(await comment('second')).toBe('');
    expect(api.comments).toHaveLength(3);
    expect(api.comments[2]?.body).toMatch(/^<!-- bindscope check [0-9a-f]{16} -->\nsecond$/);
  });

  it('is found behind more comments than a page has', async () => {
    api.addComments(250);
    await comment('first');
    api.addComments(250);
    await comment('second');
    expect(api.comments).toHaveLength(501);
    expect(api.comments[250]?.body).toContain('second');
    expect(api.requests.filter((request) => request.startsWith('POST'))).toHaveLength(1);
  });

  it('is searched on all pages where the last one is full', async () => {
    api.addComments(200);
    await comment('first');
    expect(api.comments).toHaveLength(201);
  });

  it('is another one for another baseline, or another job', async () => {
    await comment('one');
    await comment('two', api.environment(), 'pictures --> .json');
    await comment('three', { ...api.environment(), GITHUB_JOB: 'nightly' });
    expect(api.comments.map(({ body }) => body.split('\n')[1])).toEqual(['one', 'two', 'three']);
  });

  it('is not the one of somebody who quotes it', async () => {
    await comment('first');
    const [own] = api.comments.splice(0);
    api.addComments(1);
    Object.assign(api.comments[0] ?? {}, { body: `> ${own?.body ?? ''}` });
    await comment('second');
    expect(api.comments).toHaveLength(2);
  });

  it('keeps to the length that GitHub accepts', async () => {
    await comment('x'.repeat(100_000));
    expect(api.comments[0]?.body).toHaveLength(65_536);
  });

  it('is not written where there is no pull request', async () => {
    expect(await comment('first', api.environment({ ref: 'refs/heads/main' }))).toBe('');
    expect(api.requests).toEqual([]);
  });

  it.each([403, 404, 500])(
    'is a warning where GitHub answers %i, without the token',
    async (status) => {
      api.refuse = status;
      const printed = await comment('first');
      expect(printed).toMatch(
        /^::warning title=bindscope::no comment on the pull request: GitHub answered \d+ Resource not accessible/,
      );
      expect(printed).toContain('(Bearer ***)');
      expect(printed.includes('pull-requests: write')).toBe(status !== 500);
      expect(printed).not.toContain(GitHubApi.TOKEN);
    },
  );

  it.each(['GITHUB_TOKEN', 'GITHUB_REPOSITORY', 'GITHUB_EVENT_PATH'])(
    'is a warning without %s',
    async (name) => {
      const printed = await comment('first', { ...api.environment(), [name]: '' });
      expect(printed).toContain(`${name} is not set`);
    },
  );
});

describe('what the comment says', () => {
  const GOOD = { 4: outcomes(200, 0), 9: outcomes(100, 100) };
  const made = (after: Record<number, boolean[]>, options = {}) =>
    reportComment(
      compareRecordings(
        madeBaseline({ outcomes: GOOD }),
        madeRecording({ outcomes: { ...GOOD, ...after } }),
        options,
      ),
      { modelsDir: 'models', baseline: 'baseline.json' },
    );

  it('is what got worse, and how to refresh the baseline', () => {
    const body = made({ 4: outcomes(150, 50) });
    expect(body).toMatch(/^## bindscope: regression\n\nREGRESSION: made against made: /);
    expect(body).toContain('### What got worse\n\n- made on text, in order, 4 objects: 100 %');
    // Seven lost answers fail at p <= 0.05 / 2; 200 queries that are each lost with 4.5 % lose so many in 80 %.
    expect(body).toContain(
      '### What this check could not see\n\n- a loss of accuracy of less than 4.5 %, depending',
    );
    expect(body).toContain(
      'Baseline `baseline.json`: recorded 2026-01-01, 0 days before this check, by bindscope 0.1.0',
    );
    expect(body).toContain(
      '`npx bindscope check --models-dir models --baseline baseline.json --update`',
    );
  });

  it('is what could not be seen', () => {
    const body = made({}, { minimumDetectable: 0.03 });
    expect(body).toMatch(/^## bindscope: insufficient\n/);
    expect(body).toContain(
      '### What this check could not see\n\n- made on text, in order: a loss of',
    );
    expect(body).toMatch(/\| made \| text, in order \| \d\.\d % \| \d+\.\d % \|/);
  });

  it('is why the check could not run', () => {
    const context = { url: 'http://made.test', baseline: 'b.json' };
    expect(couldNotRunComment('no ```server', context)).toContain("```text\nno '''server\n```");
  });
});

it('a check that could not run says so on the pull request, and keeps its exit code', async () => {
  const args = ['check', '--baseline', 'none.json', '--comment'];
  expect((await bindscope(args, api.environment())).code).toBe(2);
  expect(api.comments[0]?.body).toContain('cannot read the baseline none.json: the file does not');
  api.refuse = 403;
  const refused = await bindscope(args, api.environment());
  expect(refused.code).toBe(2);
  expect(refused.err).toMatch(/^::warning .*\nerror: cannot read .*\n$/);
});
