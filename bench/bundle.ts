import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ROOT, WORKER_DIRECTORY } from '../build/paths.ts';
import type { Row } from './report.ts';

/** What the worker and its assets may weigh. */
export const BUDGET = {
  /**
   * The worker as it is uploaded, compressed. ONNX Runtime takes 3.7 MB of it, and what renders
   * pictures of links 1 MB. Cloudflare takes 10 MB on the paid plan.
   */
  workerBytes: 6e6,
  /** Cloudflare's own limit for one asset. */
  assetBytes: 25 * 2 ** 20,
} as const;

/** Compressed bytes of the built worker, part by part: no models, no source maps. */
export function workerParts(): { name: string; bytes: number }[] {
  return readdirSync(WORKER_DIRECTORY)
    .filter((name) => /\.(js|wasm|css|txt|ttf)$/.test(name))
    .map((name) => ({
      name,
      bytes: gzipSync(readFileSync(join(WORKER_DIRECTORY, name))).length,
    }));
}

export const workerBytes = (): number => workerParts().reduce((sum, { bytes }) => sum + bytes, 0);

/** The largest of the staged assets. */
export function largestAsset(): { name: string; bytes: number } {
  const directory = join(ROOT, 'dist/assets');
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => ({ name, bytes: statSync(join(directory, name)).size }))
    .reduce((largest, asset) => (asset.bytes > largest.bytes ? asset : largest));
}

export function benchBundle(): Row[] {
  const megabytes = workerBytes() / 1e6;
  return [
    {
      what: 'worker without models, gz',
      value: `${megabytes.toFixed(2)} MB`,
      target: `< ${BUDGET.workerBytes / 1e6} MB`,
    },
  ];
}
