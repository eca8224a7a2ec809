import { z } from 'zod';

/** What the pages for people are made of. */

/** What the build of `site/` says to the worker: addresses of files, by page. */
export const siteManifestSchema = z.object({
  pages: z.record(
    z.string(),
    z.object({
      script: z.string().nullable(),
      /** Modules that the script imports, to be fetched along with it. */
      imports: z.array(z.string()),
      styles: z.array(z.string()),
    }),
  ),
  fonts: z.array(z.string()),
});
export type SiteManifest = z.infer<typeof siteManifestSchema>;

export const siteFilePathSchema = z.object({
  file: z.string().regex(/^[\w-]+(\.[\w-]+)*\.(js|css|woff2|wasm)$/, 'the site has no such file'),
});
