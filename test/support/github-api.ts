import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

const commentSchema = z.strictObject({ body: z.string() });

interface Comment {
  readonly id: number;
  body: string;
}

/** A local stand-in of GitHub's REST API, as far as comments of one pull request go. */
export class GitHubApi {
  static readonly TOKEN = 'ghs_a-token-for-tests';
  readonly comments: Comment[] = [];
  /** Methods and paths of all requests. */
  readonly requests: string[] = [];
  /** Answers every request with this status. */
  refuse: number | undefined;
  readonly #server = createServer((request, response) => {
    this.#answer(request).then(
      ([status, body]) => response.writeHead(status).end(JSON.stringify(body)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });

  /** Comments of other people. */
  addComments(count: number): void {
    for (let at = 0; at < count; at++) this.#add(`comment ${at}`);
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** The environment of a run of GitHub Actions. @param event as in the file that a runner writes */
  environment(event: object = { pull_request: { number: 7 } }): Record<string, string> {
    const path = join(mkdtempSync(join(tmpdir(), 'bindscope-event-')), 'event.json');
    writeFileSync(path, JSON.stringify(event));
    const { port } = this.#server.address() as AddressInfo;
    return {
      GITHUB_ACTIONS: 'true',
      GITHUB_API_URL: `http://127.0.0.1:${port}`,
      GITHUB_EVENT_PATH: path,
      GITHUB_REPOSITORY: 'owner/name',
      GITHUB_TOKEN: GitHubApi.TOKEN,
      GITHUB_WORKFLOW: 'ci',
      GITHUB_JOB: 'check',
    };
  }

  #add(body: string): Comment {
    const comment = { id: 1000 + this.comments.length, body };
    this.comments.push(comment);
    return comment;
  }

  async #answer(request: IncomingMessage): Promise<[number, unknown]> {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const { method = '', url = '', headers } = request;
    this.requests.push(`${method} ${url}`);
    if (this.refuse !== undefined) {
      // A proxy that repeats what it was sent.
      const message = `Resource not accessible by integration (${headers.authorization ?? ''})`;
      return [this.refuse, { message }];
    }
    if (headers.authorization !== `Bearer ${GitHubApi.TOKEN}`) {
      return [401, { message: 'Bad credentials' }];
    }
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    const body = () => commentSchema.parse(JSON.parse(text)).body;
    if (pathname === '/repos/owner/name/issues/7/comments') {
      if (method === 'POST') return [201, this.#add(body())];
      // GitHub gives at most 100 a page, and 30 where nothing is asked for.
      const perPage = Math.min(100, Number(searchParams.get('per_page') ?? 30));
      const start = (Number(searchParams.get('page') ?? 1) - 1) * perPage;
      return [200, this.comments.slice(start, start + perPage)];
    }
    const [, id] = /^\/repos\/owner\/name\/issues\/comments\/(\d+)$/.exec(pathname) ?? [];
    const comment = this.comments.find((one) => one.id === Number(id));
    if (method !== 'PATCH' || !comment) return [404, { message: 'Not Found' }];
    comment.body = body();
    return [200, comment];
  }
}
