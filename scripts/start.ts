import { once } from 'node:events';
import { createServer } from 'node:net';
import { parseArgs } from 'node:util';
import { buildWorker } from '../build/worker.ts';
import { watchSources } from '../harness/watch-sources.ts';

/**
 * `npm start`: the worker in workerd on this machine, without any request to the network. It is built
 * first where sources have changed, and again whenever they change.
 *
 * Options: `--port N` or the variable PORT; 8787 without either.
 */

const HOST = '127.0.0.1';

/** The snapshot saves less time than it takes to build. */
const ASSETS = { snapshot: false };

async function main(): Promise<void> {
  const port = portFrom(process.argv.slice(2), process.env['PORT']);
  await requireFree(port);
  // Loading Miniflare takes a second, in which wrangler may still be bundling.
  const [{ startLocalServer }] = await Promise.all([
    import('../harness/local-server.ts'),
    buildWorker(ASSETS),
  ]);
  const server = await startLocalServer(HOST, port);
  console.log(`bindscope answers at http://localhost:${port} (Ctrl-C stops it)`);

  let stopping: Promise<void> | undefined;
  // Ctrl-C comes twice: from the terminal, and passed on by tsx.
  const stop = () => {
    stopping ??= server.stop().finally(() => process.exit(0));
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    // Miniflare's own listener ends the process with 130, which npm reports as an error.
    process.removeAllListeners(signal);
    process.on(signal, stop);
  }

  watchSources(async () => {
    await buildWorker(ASSETS);
    await server.reload();
    console.log('rebuilt');
  });
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

/** @throws Error in one line when another process listens there */
async function requireFree(port: number): Promise<void> {
  const probe = createServer().listen(port, HOST);
  try {
    await once(probe, 'listening');
  } catch (cause) {
    const taken = (cause as NodeJS.ErrnoException).code === 'EADDRINUSE';
    const why = taken ? 'is in use' : `cannot be used (${(cause as Error).message})`;
    throw new Error(`port ${port} ${why}; choose another with --port or PORT`, { cause });
  }
  probe.close();
  await once(probe, 'close');
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
