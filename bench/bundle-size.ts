import { BUDGET, largestAsset, workerBytes, workerParts } from './bundle.ts';
import { printRows } from './report.ts';

/** `npm run bundle-size`, after `npm run build`: fails where the worker or an asset has become too large. */

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(2)} MB`;

const whole = workerBytes();
const asset = largestAsset();
printRows([
  ...workerParts().map(({ name, bytes }) => ({ what: `  ${name}`, value: megabytes(bytes) })),
  { what: 'worker, gz', value: megabytes(whole), target: `< ${megabytes(BUDGET.workerBytes)}` },
  {
    what: `largest asset, ${asset.name}`,
    value: megabytes(asset.bytes),
    target: `< ${megabytes(BUDGET.assetBytes)}`,
  },
]);
if (whole >= BUDGET.workerBytes || asset.bytes >= BUDGET.assetBytes) {
  console.error('over the budget');
  process.exit(1);
}
