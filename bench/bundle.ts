import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { WORKER_DIRECTORY } from '../test/support/paths.ts';
import type { Row } from './report.ts';

/** Size of the built worker as it is uploaded: no models, no source maps. */
export function benchBundle(): Row[] {
  const sizes = readdirSync(WORKER_DIRECTORY)
    .filter((file) => /\.(js|wasm|css|txt)$/.test(file))
    .map((file) => gzipSync(readFileSync(join(WORKER_DIRECTORY, file))).length);
  const megabytes = sizes.reduce((sum, size) => sum + size, 0) / 1e6;
  return [
    { what: 'worker without models, gz', value: `${megabytes.toFixed(2)} MB`, target: '< 4 MB' },
  ];
}
