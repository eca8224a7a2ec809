import { stage } from './asset-plan.ts';

/** `npm run stage`: before each bundling, called by wrangler (`[build]` in wrangler.toml). */
await stage();
