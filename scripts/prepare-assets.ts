import { copyAssets, prepareBundle } from '../build/assets.ts';
import { ASSETS_PREPARED } from '../build/worker.ts';

/** `npm run prepare-assets`: before each bundling, called by wrangler (`[build]` in wrangler.toml). */
if (process.env[ASSETS_PREPARED] === undefined) {
  await prepareBundle();
  await copyAssets();
}
