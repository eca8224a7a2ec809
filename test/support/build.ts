import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { stagePages } from '../../scripts/asset-plan.ts';
import { writeFixtures } from './fixtures.ts';
import { FIXTURES_DIRECTORY, ROOT, WORKER_DIRECTORY } from './paths.ts';

/** Once before all tests: the worker as it would be deployed, and the fixture models. */
export default async function build(): Promise<void> {
  rmSync(WORKER_DIRECTORY, { recursive: true, force: true });
  const args = ['deploy', '--dry-run', '--outdir', WORKER_DIRECTORY, '--env='];
  execFileSync('node_modules/.bin/wrangler', args, {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      WRANGLER_SEND_METRICS: 'false',
      WRANGLER_SEND_ERROR_REPORTS: 'false',
      WRANGLER_HIDE_BANNER: 'true',
      CI: '1',
    },
  });
  await writeFixtures(FIXTURES_DIRECTORY);
  stagePages(FIXTURES_DIRECTORY);
}
