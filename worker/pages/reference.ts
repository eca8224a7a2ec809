import { createRoute, z } from '@hono/zod-openapi';
import { referenceFilePathSchema } from '../../contract/pages.ts';
import { noParametersSchema } from '../../contract/url-parameters.ts';
import { REFERENCE_START, referencePage } from './reference-page.ts';
import { ServiceError } from '../../services/service-error.ts';
import { page, problems } from '../http/openapi-responses.ts';
import type { Route } from '../services.ts';

const route = createRoute({
  method: 'get',
  path: '/reference',
  operationId: 'reference',
  tags: ['Pages'],
  summary: 'The API reference',
  request: { query: noParametersSchema },
  responses: {
    200: page,
    ...problems,
  },
});

const fileRoute = createRoute({
  method: 'get',
  path: '/reference/{file}',
  operationId: 'referenceFile',
  tags: ['Pages'],
  summary: 'Scripts and styles of the API reference',
  hide: true,
  request: { params: referenceFilePathSchema, query: noParametersSchema },
  responses: {
    200: {
      description: 'The file.',
      content: {
        'text/javascript': { schema: z.string() },
        'text/css': { schema: z.string() },
      },
    },
    ...problems,
  },
});

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
  "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const TYPES = { js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8' } as const;

export const reference: Route = (app, { assets }) => {
  app.openapi(route, (c) => {
    c.header('content-security-policy', POLICY);
    return c.html(referencePage(), 200);
  });
  app.openapi(fileRoute, async (c) => {
    const { file } = c.req.valid('param');
    const type = file.endsWith('.css') ? TYPES.css : TYPES.js;
    const headers = { 'content-type': type, 'cache-control': 'no-cache' };
    if (file === 'start.js') return c.body(REFERENCE_START, 200, headers);
    const content = await assets.read(`_reference/${file}`);
    if (!content) throw new ServiceError('not-found', `this deployment was built without ${file}`);
    return c.body(content.stream(), 200, headers);
  });
};
