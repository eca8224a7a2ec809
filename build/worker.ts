import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { CODE, prepareAssets } from './assets.ts';
import { buildOnce } from './once.ts';
import { ROOT, WORKER_DIRECTORY } from './paths.ts';

/** The settings that keep wrangler off the network, and quiet. */
export const QUIET_WRANGLER = {
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_SEND_ERROR_REPORTS: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
} as const;

/** Bundles the worker to `dist/worker` as it would be deployed, where its sources have changed. */
export async function buildWorker(): Promise<void> {
  await prepareAssets();
  await buildOnce('worker', [...CODE, 'build', 'wrangler.toml'], async () => {
    rmSync(WORKER_DIRECTORY, { recursive: true, force: true });
    const args = ['deploy', '--dry-run', '--outdir', WORKER_DIRECTORY, '--env='];
    const wrangler = spawn('node_modules/.bin/wrangler', args, {
      cwd: ROOT,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, ...QUIET_WRANGLER, CI: '1' },
    });
    const [code] = (await once(wrangler, 'close')) as [number | null];
    if (code !== 0) throw new Error(`wrangler could not bundle the worker (exit code ${code})`);
  });
}
