import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT, SHIPPED_DIRECTORY } from '../build/paths.ts';
import build from '../harness/build.ts';
import { publish, uploadOf } from '../harness/submission.ts';
import { startWorker, withEvaluations, WITH_REGISTRY, WRITE_TOKEN } from '../harness/worker.ts';

/**
 * `npm run schemathesis -- --max-examples 50`: Schemathesis (`pip install schemathesis`) over every operation of
 * `/openapi.json`, with all its checks and a token that may write. Arguments are those of `schemathesis run`.
 */

await build();
const worker = await startWorker(SHIPPED_DIRECTORY, { ...WITH_REGISTRY, ...withEvaluations() });
try {
  await worker.migrate();
  // The examples of the registry name a version.
  const upload = uploadOf('text-only', SHIPPED_DIRECTORY);
  if (!(await publish(worker, 'text-only', upload)).ok) throw new Error('text-only is refused');
  const child = spawn(
    'schemathesis',
    [
      ...['--config-file', join(ROOT, 'bench/schemathesis.toml'), 'run'],
      new URL('/openapi.json', worker.url).href,
      ...['--checks', 'all', '--header', `Authorization: Bearer ${WRITE_TOKEN}`],
      ...process.argv.slice(2),
    ],
    // It writes a cache where it runs.
    { stdio: 'inherit', cwd: tmpdir() },
  );
  const [code] = (await once(child, 'close')) as [number | null];
  process.exitCode = code ?? 1;
} finally {
  await worker.stop();
}
