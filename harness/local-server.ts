import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { parseEnv } from 'node:util';
import { Miniflare, type MiniflareOptions } from 'miniflare';
import { ROOT, SHIPPED_DIRECTORY } from '../build/paths.ts';
import { builtWorker, WORKER_NAME, workflowsOf } from './built-worker.ts';
import { applyMigrations } from './migrations.ts';
import { describeLogLine } from './request-line.ts';
import { readWranglerConfig } from '../build/wrangler-config.ts';

export interface LocalServer {
  /** Serves what was built last. */
  reload(): Promise<void>;
  stop(): Promise<void>;
}

/** Where wrangler keeps local databases and buckets: `npx wrangler d1 execute --local` sees the same. */
const STATE = join(ROOT, '.wrangler/state/v3');

/**
 * The built worker with the shipped models, a registry and a history that stay on this machine, and
 * the rate limits of `wrangler.toml`. Prints a line for each request.
 */
export async function startLocalServer(host: string, port: number): Promise<LocalServer> {
  const miniflare = new Miniflare(optionsOf(host, port));
  await miniflare.ready;
  await applyMigrations(await miniflare.getD1Database('HISTORY', WORKER_NAME));
  const stopCron = startCron(miniflare);
  return {
    reload: () => miniflare.setOptions(optionsOf(host, port)),
    stop: async () => {
      stopCron();
      await miniflare.dispose();
    },
  };
}

/** Milliseconds. Deployments run their cron every 15 minutes; what is due is the same. */
const CRON_INTERVAL = 60_000;

/** Runs the cron of the worker, one after the other, so that watches work here, too. @returns what ends it */
function startCron(miniflare: Miniflare): () => void {
  let running = false;
  const run = async () => {
    if (running) return;
    running = true;
    try {
      await (await miniflare.getWorker(WORKER_NAME)).scheduled({});
    } catch (error) {
      console.error(`the cron failed: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      running = false;
    }
  };
  const timer = setInterval(() => void run(), CRON_INTERVAL);
  return () => {
    clearInterval(timer);
  };
}

function optionsOf(host: string, port: number): MiniflareOptions {
  const { ratelimits, r2_buckets, d1_databases } = readWranglerConfig();
  return {
    host,
    port,
    cf: false,
    d1Persist: join(STATE, 'd1'),
    r2Persist: join(STATE, 'r2'),
    workflowsPersist: join(STATE, 'workflows'),
    handleRuntimeStdio: printLog,
    workers: [
      {
        ...builtWorker(SHIPPED_DIRECTORY),
        bindings: readSecrets(),
        ratelimits: Object.fromEntries(ratelimits.map(({ name, simple }) => [name, { simple }])),
        r2Buckets: Object.fromEntries(r2_buckets.map((one) => [one.binding, one.bucket_name])),
        workflows: workflowsOf(),
        d1Databases: Object.fromEntries(d1_databases.map((one) => [one.binding, one.database_id])),
      },
    ],
  };
}

/** Secrets on this machine: `WRITE_TOKEN=…` in `.dev.vars`, which git ignores. */
function readSecrets(): Record<string, string> {
  const file = join(ROOT, '.dev.vars');
  if (!existsSync(file)) return {};
  const entries = Object.entries(parseEnv(readFileSync(file, 'utf8')));
  return Object.fromEntries(entries.map(([name, value]) => [name, value ?? '']));
}

function printLog(stdout: Readable, stderr: Readable): void {
  for (const stream of [stdout, stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      console.log(describeLogLine(line));
    });
  }
}
