import { z } from '@hono/zod-openapi';
import { siteFilePathSchema } from '../../contract/pages.ts';
import { ServiceError } from '../../services/service-error.ts';
import { CACHE_CONTROL } from '../http/http-cache.ts';
import { PAGE } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';

const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  wasm: 'application/wasm',
  woff2: 'font/woff2',
};

/** File names with a hash of the content, such as `explorer-Bx3d9f_A.js`. */
const HASHED_NAME = /-[\w-]{8}\.\w+$/;

export const siteFile = defineRoute({
  contract: {
    method: 'get',
    path: '/site/{file}',
    operationId: 'siteFile',
    tags: ['Pages'],
    summary: 'Scripts, styles and fonts of the pages',
    hide: true,
    request: { params: siteFilePathSchema },
    responses: {
      200: { description: 'The file.', content: { 'text/javascript': { schema: z.string() } } },
    },
  },
  // A worker thread gets the content policy of its script, so scripts have that of pages.
  policy: PAGE,
  handler:
    ({ assets }) =>
    async (c) => {
      const { file } = c.req.valid('param');
      const content = await assets.read(`_site/${file}`);
      if (!content) throw new ServiceError('not-found', `the site has no file "${file}"`);
      const extension = file.split('.').at(-1) ?? '';
      const headers = {
        'content-type': TYPES[extension] ?? 'application/octet-stream',
        // The hash in the name identifies the content, so the tag needs no hash of the body.
        ...(HASHED_NAME.test(file) && {
          'cache-control': CACHE_CONTROL.immutable,
          etag: `W/"${file}"`,
        }),
      };
      // Fonts are compressed by their own format; the build compresses all other files.
      if (extension === 'woff2') return c.body(content.stream(), 200, headers);
      if (/\bgzip\b/.test(c.req.header('accept-encoding') ?? '')) {
        return c.body(content.stream(), 200, { ...headers, 'content-encoding': 'gzip' });
      }
      const plain = content.stream().pipeThrough(new DecompressionStream('gzip'));
      return c.body(plain, 200, headers);
    },
});
