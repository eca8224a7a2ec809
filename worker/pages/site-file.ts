import { createRoute, z } from '@hono/zod-openapi';
import { noParametersSchema } from '../../contract/url-parameters.ts';
import { siteFilePathSchema } from '../../contract/pages.ts';
import { ServiceError } from '../../services/service-error.ts';
import { problems } from '../http/openapi-responses.ts';
import { SITE_POLICY } from '../middleware/security-headers.ts';
import type { Route } from '../services.ts';
import { IMMUTABLE } from '../http/http-cache.ts';

const route = createRoute({
  method: 'get',
  path: '/site/{file}',
  operationId: 'siteFile',
  tags: ['Pages'],
  summary: 'Scripts, styles and fonts of the pages',
  hide: true,
  request: { params: siteFilePathSchema, query: noParametersSchema },
  responses: {
    200: { description: 'The file.', content: { 'text/javascript': { schema: z.string() } } },
    ...problems,
  },
});

const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  wasm: 'application/wasm',
  woff2: 'font/woff2',
};

/** Names that the build made from the content, such as `round-Bx3d9f_A.js`, never change it. */
const NAMED_BY_CONTENT = /-[\w-]{8}\.\w+$/;

export const siteFile: Route = (app, { assets }) =>
  app.openapi(route, async (c) => {
    const { file } = c.req.valid('param');
    const content = await assets.read(`_site/${file}`);
    if (!content) throw new ServiceError('not-found', `the site has no file "${file}"`);
    const ending = file.split('.').at(-1) ?? '';
    const headers = {
      'content-type': TYPES[ending],
      // A thread keeps to the policy of its script.
      'content-security-policy': SITE_POLICY,
      // The name tells the content, so the body need not be read for its tag.
      ...(NAMED_BY_CONTENT.test(file) && { 'cache-control': IMMUTABLE, etag: `W/"${file}"` }),
    };
    // Fonts come compressed by their own format; the build has compressed all else.
    if (ending === 'woff2') return c.body(content.stream(), 200, headers);
    const vary = { vary: 'accept-encoding' };
    if (/\bgzip\b/.test(c.req.header('accept-encoding') ?? '')) {
      return c.body(content.stream(), 200, { ...headers, ...vary, 'content-encoding': 'gzip' });
    }
    const plain = content.stream().pipeThrough(new DecompressionStream('gzip'));
    return c.body(plain, 200, { ...headers, ...vary });
  });
