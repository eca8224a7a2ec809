import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Terminal } from '../terminal.ts';
import { workflowCommand } from './github.ts';

/** One comment on the pull request of a GitHub Actions run, which later runs update. */

const PER_PAGE = 100;
/** Most comments that are searched: 100 pages. A pull request with more gets another comment. */
const MAX_PAGES = 100;
/** GitHub refuses longer bodies. */
const MAX_BODY = 65_536;
const TIMEOUT_MS = 30_000;

const eventSchema = z.object({ pull_request: z.object({ number: z.number().int() }).optional() });
const commentsSchema = z.array(z.object({ id: z.number(), body: z.string().nullish() }));
const refusalSchema = z.object({ message: z.string() });

type Environment = Terminal['env'];

/**
 * Creates or updates the comment of this check. Without a pull request it does nothing. Where GitHub refuses, it warns:
 * the verdict does not depend on the comment.
 *
 * @param subject what this comment is about, such as a baseline: other subjects have comments of their own
 */
export async function writeComment(
  body: string,
  subject: string,
  { env, err, signal }: Omit<Terminal, 'out'>,
): Promise<void> {
  try {
    const pull = pullRequestOf(env);
    if (pull !== undefined) await upsert(body, markerOf(subject, env), gitHub(env, pull, signal));
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown reason';
    const token = env['GITHUB_TOKEN'];
    const message = `no comment on the pull request: ${token ? reason.replaceAll(token, '***') : reason}`;
    // A runner reads workflow commands from standard error, too; standard output may be JSON.
    const onGitHub = env['GITHUB_ACTIONS'] === 'true';
    err(onGitHub ? `${workflowCommand('warning', message)}\n` : `warning: ${message}\n`);
  }
}

/** The number of the pull request; undefined where the run is of something else. */
function pullRequestOf(env: Environment): number | undefined {
  const path = env['GITHUB_EVENT_PATH'];
  if (!path) throw new Error('GITHUB_EVENT_PATH is not set: this is no run of GitHub Actions');
  return eventSchema.parse(JSON.parse(readFileSync(path, 'utf8'))).pull_request?.number;
}

/** An invisible first line. Jobs and subjects have different ones; a hash, as names may end an HTML comment. */
function markerOf(subject: string, env: Environment): string {
  const key = [env['GITHUB_WORKFLOW'], env['GITHUB_JOB'], subject].join('\n');
  const hash = createHash('sha256').update(key).digest('hex').slice(0, 16);
  return `<!-- bindscope check ${hash} -->`;
}

interface GitHub {
  readonly pull: number;
  /** @param path below the repository @returns the JSON of the answer */
  request(method: 'GET' | 'POST' | 'PATCH', path: string, body?: object): Promise<unknown>;
}

function gitHub(env: Environment, pull: number, signal: AbortSignal | undefined): GitHub {
  const [repository, token] = [env['GITHUB_REPOSITORY'], env['GITHUB_TOKEN']];
  if (!repository) throw new Error('GITHUB_REPOSITORY is not set');
  if (!token) throw new Error('GITHUB_TOKEN is not set');
  const base = `${env['GITHUB_API_URL'] ?? 'https://api.github.com'}/repos/${repository}`;
  return {
    pull,
    async request(method, path, body) {
      const limit = AbortSignal.timeout(TIMEOUT_MS);
      const response = await fetch(`${base}${path}`, {
        method,
        // The token goes to this address alone.
        redirect: 'error',
        signal: signal ? AbortSignal.any([signal, limit]) : limit,
        headers: {
          accept: 'application/vnd.github+json',
          authorization: `Bearer ${token}`,
          'x-github-api-version': '2022-11-28',
          'user-agent': 'bindscope',
          ...(body && { 'content-type': 'application/json' }),
        },
        ...(body && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(describeRefusal(response.status, text));
      return JSON.parse(text) as unknown;
    },
  };
}

function describeRefusal(status: number, text: string): string {
  let message = '';
  try {
    message = refusalSchema.parse(JSON.parse(text)).message;
  } catch {
    // Not GitHub's own answer, such as one of a proxy.
  }
  const advice =
    status === 403 || status === 404
      ? '; the job needs "permissions: pull-requests: write", which runs of forks do not get'
      : '';
  return `GitHub answered ${status} ${message}`.trimEnd() + advice;
}

async function upsert(body: string, marker: string, github: GitHub): Promise<void> {
  const content = `${marker}\n${body}`;
  const cut = '\n\n… (cut: see the summary of the job)';
  const limited =
    content.length <= MAX_BODY ? content : content.slice(0, MAX_BODY - cut.length) + cut;
  const known = await findComment(marker, github);
  if (known === undefined)
    await github.request('POST', `/issues/${github.pull}/comments`, { body: limited });
  else await github.request('PATCH', `/issues/comments/${known}`, { body: limited });
}

async function findComment(marker: string, github: GitHub): Promise<number | undefined> {
  for (let page = 1; page <= MAX_PAGES; page++) {
    const path = `/issues/${github.pull}/comments?per_page=${PER_PAGE}&page=${page}`;
    const comments = commentsSchema.parse(await github.request('GET', path));
    const found = comments.find(({ body }) => body?.startsWith(marker));
    if (found) return found.id;
    if (comments.length < PER_PAGE) return undefined;
  }
  return undefined;
}
