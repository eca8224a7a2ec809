import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/**
 * `npm start`: the worker in workerd on this machine, with nothing asked of the network.
 *
 * Options: `--port N` or the variable PORT; 8787 without either.
 */

const HOST = '127.0.0.1';
const ROOT = fileURLToPath(new URL('..', import.meta.url));

// Wrangler reads these when it is loaded, so they are set before.
Object.assign(process.env, {
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_SEND_ERROR_REPORTS: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  WRANGLER_LOG: 'error',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
});

async function main(): Promise<void> {
  const port = portFrom(process.argv.slice(2), process.env['PORT']);
  await requireFree(port);
  migrate();
  const { unstable_startWorker: startWorker } = await import('wrangler');
  const worker = await startWorker({
    config: `${ROOT}wrangler.toml`,
    dev: { server: { hostname: HOST, port }, inspector: false, logLevel: 'error', watch: true },
  });
  let stopping: Promise<void> | undefined;
  // Ctrl-C comes twice: from the terminal, and passed on by tsx.
  const stop = () => {
    stopping ??= worker.dispose().finally(() => process.exit(0));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  await worker.ready;
  console.log(`bindscope answers at http://localhost:${port} (Ctrl-C ends it)`);
}

/** Makes the tables of the history, in `.wrangler`. Without them the worker says so, and all else works. */
function migrate(): void {
  const args = ['d1', 'migrations', 'apply', 'HISTORY', '--local'];
  try {
    execFileSync('node_modules/.bin/wrangler', args, {
      cwd: ROOT,
      stdio: 'ignore',
      env: { ...process.env, CI: '1' },
    });
  } catch {
    console.error('the history has no tables: npx wrangler d1 migrations apply HISTORY --local');
  }
}

/** @throws Error in one line when the port is not one */
function portFrom(args: readonly string[], variable: string | undefined): number {
  const { values } = parseArgs({ args: [...args], options: { port: { type: 'string' } } });
  const text = values.port ?? variable ?? '8787';
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65535) {
    throw new Error(`the port must be a whole number from 1 to 65535, not "${text}"`);
  }
  return port;
}

/** @throws Error in one line when something listens there already */
async function requireFree(port: number): Promise<void> {
  const probe = createServer().listen(port, HOST);
  try {
    await once(probe, 'listening');
  } catch (cause) {
    const taken = (cause as NodeJS.ErrnoException).code === 'EADDRINUSE';
    const why = taken ? 'is taken' : `cannot be used (${(cause as Error).message})`;
    throw new Error(`port ${port} ${why}; choose another with --port or PORT`, { cause });
  }
  probe.close();
  await once(probe, 'close');
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
