import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { CODE, copyAssets, prepareBundle, type AssetOptions } from './assets.ts';
import { buildOnce } from './once.ts';
import { ROOT, WORKER_DIRECTORY } from './paths.ts';

/** Tells `npm run prepare-assets`, which wrangler starts, that the process above has done its work. */
export const ASSETS_PREPARED = 'BINDSCOPE_ASSETS_PREPARED';

/** Keep wrangler off the network, and quiet. */
const WRANGLER_SETTINGS = {
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_SEND_ERROR_REPORTS: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  CI: '1',
} as const;

/** Bundles the worker to `dist/worker` as it is deployed, and its assets, where sources have changed. */
export async function buildWorker(options?: AssetOptions): Promise<void> {
  await prepareBundle();
  // The manifest, too: it may have been built from sources that changed during the last bundling.
  const sources = [...CODE, 'build', 'wrangler.toml', 'dist/site-manifest.txt'];
  await buildOnce('worker', sources, bundleWorker);
  // Only then: a running worker goes on serving its own files where the new one cannot be bundled.
  await copyAssets(options);
}

async function bundleWorker(): Promise<void> {
  rmSync(WORKER_DIRECTORY, { recursive: true, force: true });
  const args = ['deploy', '--dry-run', '--outdir', WORKER_DIRECTORY, '--env='];
  const wrangler = spawn('node_modules/.bin/wrangler', args, {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ...WRANGLER_SETTINGS, [ASSETS_PREPARED]: '1' },
  });
  const [code] = (await once(wrangler, 'close')) as [number | null];
  if (code !== 0) throw new Error(`wrangler could not bundle the worker (exit code ${code})`);
}
