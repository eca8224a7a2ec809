import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ROOT, WORKER_DIRECTORY } from '../build/paths.ts';
import { figureOf, type Figure } from './result.ts';

/** What the worker and its assets may weigh. */
export const BUDGET = {
  /** Cloudflare's limit of a worker on every plan, uncompressed, since 4 September 2026. */
  uncompressedBytes: 64 * 2 ** 20,
  /**
   * Our own limit of the compressed worker, as its upload and start take time. ONNX Runtime takes 3.7 MB of it, and
   * what renders pictures of links 1 MB.
   */
  compressedBytes: 6e6,
  /** Cloudflare's limit of one asset. */
  assetBytes: 25 * 2 ** 20,
  /** Cloudflare's limit of the number of assets on the free plan. */
  assets: 20_000,
} as const;

/** Bytes of the built worker, part by part: no models, no source maps. */
export function workerParts(): { name: string; bytes: number; compressed: number }[] {
  return readdirSync(WORKER_DIRECTORY)
    .filter((name) => /\.(js|wasm|css|txt|ttf)$/.test(name))
    .map((name) => {
      const content = readFileSync(join(WORKER_DIRECTORY, name));
      return { name, bytes: content.length, compressed: gzipSync(content).length };
    });
}

/** All parts of the worker together. */
export function workerBytes() {
  const parts = workerParts();
  return {
    uncompressed: parts.reduce((sum, { bytes }) => sum + bytes, 0),
    compressed: parts.reduce((sum, { compressed }) => sum + compressed, 0),
  };
}

/** The largest of the staged assets, and how many files there are. */
export function stagedAssets(): { largest: { name: string; bytes: number }; count: number } {
  const directory = join(ROOT, 'dist/assets');
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => ({ name, stats: statSync(join(directory, name)) }))
    .filter(({ stats }) => stats.isFile())
    .map(({ name, stats }) => ({ name, bytes: stats.size }));
  const largest = files.reduce((most, asset) => (asset.bytes > most.bytes ? asset : most));
  return { largest, count: files.length };
}

export const BUNDLE_RUNS = 'The built worker with its WebAssembly, without models and source maps.';

export function benchBundle(): Figure[] {
  const { uncompressed, compressed } = workerBytes();
  const size = { unit: 'MB', better: 'lower' } as const;
  return [
    figureOf('worker, uncompressed', [uncompressed / 1e6], {
      ...size,
      target: BUDGET.uncompressedBytes / 1e6,
    }),
    figureOf('worker, compressed with gzip', [compressed / 1e6], {
      ...size,
      target: BUDGET.compressedBytes / 1e6,
    }),
  ];
}
