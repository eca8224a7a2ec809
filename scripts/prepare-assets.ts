import { prepareAssets } from '../build/assets.ts';

/** `npm run prepare-assets`: before each bundling, called by wrangler (`[build]` in wrangler.toml). */
await prepareAssets();
