import { BUDGET, stagedAssets, workerBytes, workerParts } from './bundle.ts';
import { printRows } from './report.ts';

/** `npm run bundle-size`, after `npm run build`: fails where the worker or its assets have become too large. */

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(2)} MB`;

const { uncompressed, compressed } = workerBytes();
const { largest, count } = stagedAssets();
printRows([
  ...workerParts().map((part) => ({
    what: `  ${part.name}`,
    value: `${megabytes(part.bytes)}, compressed ${megabytes(part.compressed)}`,
  })),
  {
    what: 'worker, uncompressed',
    value: megabytes(uncompressed),
    target: `< ${megabytes(BUDGET.uncompressedBytes)}, Cloudflare's limit`,
  },
  {
    what: 'worker, compressed',
    value: megabytes(compressed),
    target: `< ${megabytes(BUDGET.compressedBytes)}, our own limit`,
  },
  {
    what: `largest asset, ${largest.name}`,
    value: megabytes(largest.bytes),
    target: `< ${megabytes(BUDGET.assetBytes)}, Cloudflare's limit`,
  },
  {
    what: 'assets',
    value: String(count),
    target: `< ${BUDGET.assets}, Cloudflare's limit on the free plan`,
  },
]);
if (
  uncompressed >= BUDGET.uncompressedBytes ||
  compressed >= BUDGET.compressedBytes ||
  largest.bytes >= BUDGET.assetBytes ||
  count >= BUDGET.assets
) {
  console.error('over the budget');
  process.exit(1);
}
