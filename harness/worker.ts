import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { Miniflare, type WorkerOptions } from 'miniflare';
import type { z } from 'zod';
import { problemSchema } from '../contract/problems.ts';
import { sendAgain } from './retry.ts';
import { FIXTURES_DIRECTORY } from '../build/paths.ts';
import { builtWorker, WORKER_NAME, workflowsOf } from './built-worker.ts';
import { applyMigrations } from './migrations.ts';

/** The built worker at work in workerd. */
export interface RunningWorker {
  readonly url: URL;
  /** What it logged, line by line, those among them that are JSON. */
  readonly logs: readonly Readonly<Record<string, unknown>>[];
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** Posts JSON. */
  post(path: string, body: unknown): Promise<Response>;
  /** Where its inspector answers, if it was started with one. */
  inspector(): Promise<URL>;
  /** Makes the tables of its history, if it was started with one. */
  migrate(): Promise<void>;
  /** Does something to its history. @returns the rows */
  runSql(sql: string): Promise<Record<string, unknown>[]>;
  /** The bucket of its registry, if it was started with one. */
  bucket(): ReturnType<Miniflare['getR2Bucket']>;
  /** Runs its cron. */
  runCron(): Promise<void>;
  /** Kills it (SIGKILL). */
  stop(): Promise<void>;
}

/** What a test may have otherwise than a deployment. */
export type WorkerOverrides = Partial<
  Pick<WorkerOptions, Bindings> & {
    inspectorPort: number;
    besides: WorkerOptions[];
    d1Databases: string[];
    /** A folder that outlives the worker: its databases and workflows. */
    state: string;
  }
>;
type Bindings =
  | 'assets'
  | 'bindings'
  | 'r2Buckets'
  | 'ratelimits'
  | 'serviceBindings'
  | 'wrappedBindings'
  | 'workflows';

/** The token of workers that take writes. */
export const WRITE_TOKEN = 'a-token-for-tests';

/** What encrypts the webhooks of watches. */
export const WEBHOOK_KEY = 'a-key-for-tests-that-is-long-enough';

/** An empty history without tables, and a token that lets write. */
export const WITH_HISTORY: WorkerOverrides = {
  d1Databases: ['HISTORY'],
  bindings: { WRITE_TOKEN },
};

/** The same, with long evaluations and watches. */
export const withEvaluations = (): WorkerOverrides => ({
  ...WITH_HISTORY,
  bindings: { WRITE_TOKEN, WEBHOOK_KEY },
  workflows: workflowsOf(),
});

/** An empty registry, and a token that lets write. */
export const WITH_REGISTRY: WorkerOverrides = {
  r2Buckets: ['REGISTRY'],
  bindings: { WRITE_TOKEN },
};

/**
 * @param models a folder laid out as `models/`
 * @param overrides bindings; by default the models alone, and no limit on how often one may ask
 */
export async function startWorker(
  models = FIXTURES_DIRECTORY,
  { besides = [], inspectorPort, state, ...overrides }: WorkerOverrides = {},
): Promise<RunningWorker> {
  const logs: Record<string, unknown>[] = [];
  const bindscope: WorkerOptions = { ...builtWorker(models), ...overrides };
  const miniflare = new Miniflare({
    workers: [bindscope].concat(besides),
    ...(inspectorPort !== undefined && { inspectorPort }),
    ...(state !== undefined && {
      d1Persist: `${state}/d1`,
      workflowsPersist: `${state}/workflows`,
    }),
    // Kept, not shown: what the worker logs of failures that tests provoke would only alarm.
    handleRuntimeStdio: (stdout: Readable, stderr: Readable) => {
      for (const stream of [stdout, stderr]) {
        createInterface({ input: stream }).on('line', (line) => {
          if (line.startsWith('{')) logs.push(JSON.parse(line) as Record<string, unknown>);
        });
      }
    },
    cf: false,
  });
  const url = await miniflare.ready;
  const request = async (path: string, init?: RequestInit) => {
    const send = () => fetch(new URL(path, url), init);
    // What is to be broken off, or can be read once, is sent once.
    if (init?.signal || init?.body instanceof ReadableStream) return send();
    return (await sendAgain(send)).answer;
  };
  return {
    url,
    logs,
    fetch: request,
    post: (path, body) =>
      request(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    inspector: () => miniflare.getInspectorURL(),
    migrate: async () => {
      await applyMigrations(await miniflare.getD1Database('HISTORY', WORKER_NAME));
    },
    runSql: async (sql) => {
      const database = await miniflare.getD1Database('HISTORY', WORKER_NAME);
      return (await database.prepare(sql).all()).results;
    },
    bucket: () => miniflare.getR2Bucket('REGISTRY', WORKER_NAME),
    runCron: async () => {
      await (await miniflare.getWorker(WORKER_NAME)).scheduled({});
    },
    stop: () => miniflare.dispose(),
  };
}

/** The body, checked against the schema that the contract gives it. */
export async function read<T extends z.ZodType>(
  response: Response,
  schema: T,
): Promise<z.output<T>> {
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${text}`);
  return schema.parse(JSON.parse(text));
}

/** A problem, checked to be one and to have its status. */
export async function readProblem(response: Response): Promise<z.output<typeof problemSchema>> {
  const problem = problemSchema.parse(await response.json());
  const type = response.headers.get('content-type');
  if (type !== 'application/problem+json' || problem.status !== response.status) {
    throw new Error(`not a problem: ${response.status} ${type} ${JSON.stringify(problem)}`);
  }
  return problem;
}
