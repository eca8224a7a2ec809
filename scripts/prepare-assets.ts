import { prepareAssets } from './asset-plan.ts';

/** `npm run prepare-assets`: before each bundling, called by wrangler (`[build]` in wrangler.toml). */
await prepareAssets();
