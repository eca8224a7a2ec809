import { siteManifestSchema } from '../../contract/pages.ts';
import manifest from '../../dist/site-manifest.txt';

/** What the build of `site/` left for each page to load (`scripts/site-build.ts`). */
export const SITE = siteManifestSchema.parse(JSON.parse(manifest));
