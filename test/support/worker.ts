import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { Miniflare } from 'miniflare';
import type { z } from 'zod';
import { problemSchema } from '../../contract/problems.ts';
import { FIXTURES_DIRECTORY, ROOT, WORKER_DIRECTORY } from './paths.ts';

/** The built worker at work in workerd. */
export interface RunningWorker {
  readonly url: URL;
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** Posts JSON. */
  post(path: string, body: unknown): Promise<Response>;
  stop(): Promise<void>;
}

/** @param models a folder laid out as `models/` */
export async function startWorker(models = FIXTURES_DIRECTORY): Promise<RunningWorker> {
  const miniflare = new Miniflare({
    name: 'bindscope',
    modulesRoot: WORKER_DIRECTORY,
    modules: builtModules(),
    compatibilityDate: compatibilityDate(),
    assets: {
      directory: models,
      binding: 'ASSETS',
      routerConfig: { has_user_worker: true, invoke_user_worker_ahead_of_assets: true },
      assetConfig: { html_handling: 'none', not_found_handling: 'none' },
    },
    // What the worker logs of failures that tests provoke would only alarm.
    handleRuntimeStdio: (stdout: Readable, stderr: Readable) => {
      stdout.resume();
      stderr.resume();
    },
    cf: false,
  });
  const url = await miniflare.ready;
  const request = (path: string, init?: RequestInit) => fetch(new URL(path, url), init);
  return {
    url,
    fetch: request,
    post: (path, body) =>
      request(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    stop: () => miniflare.dispose(),
  };
}

const MODULE_TYPES = { js: 'ESModule', wasm: 'CompiledWasm', css: 'Text', txt: 'Text' } as const;

function builtModules() {
  const ends = (file: string) => file.split('.').at(-1) as keyof typeof MODULE_TYPES;
  return readdirSync(WORKER_DIRECTORY)
    .filter((file) => ends(file) in MODULE_TYPES)
    .sort((file) => (file === 'index.js' ? -1 : 1)) // the entry comes first
    .map((file) => ({ type: MODULE_TYPES[ends(file)], path: join(WORKER_DIRECTORY, file) }));
}

/** The one that it would be deployed with. */
function compatibilityDate(): string {
  const found = /^compatibility_date = "(.*)"$/m.exec(readFileSync(`${ROOT}wrangler.toml`, 'utf8'));
  if (!found) throw new Error('wrangler.toml has no compatibility_date');
  return found[1];
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
