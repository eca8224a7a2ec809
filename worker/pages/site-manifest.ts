import { siteManifestSchema } from '../../contract/pages.ts';
import manifest from '../../dist/site-manifest.txt';

/** The files of each page, as the build of `site/` named them. */
export const SITE = siteManifestSchema.parse(JSON.parse(manifest));

/** @throws Error where the site was built without the page */
export function filesOfPage(page: string) {
  const files = SITE.pages[page];
  if (!files) throw new Error(`the site was built without the page ${page}`);
  return files;
}
