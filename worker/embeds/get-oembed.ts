import { createRoute, z } from '@hono/zod-openapi';
import { oembedResponseSchema, oembedSchema } from '../../contract/embeds.ts';
import { describeEmbed, oembedXml } from './oembed.ts';
import { ServiceError } from '../../services/service-error.ts';
import { problems } from '../http/openapi-responses.ts';
import type { Route } from '../services.ts';

const route = createRoute({
  method: 'get',
  path: '/oembed',
  operationId: 'oembed',
  tags: ['Embeds'],
  summary: 'How to embed a page (oEmbed 1.0)',
  description:
    '404 where the page is not one of this deployment that can be embedded, 501 for formats other ' +
    'than JSON and XML.',
  request: { query: oembedSchema },
  responses: {
    200: {
      description: 'A frame, and a picture of the page.',
      content: {
        'application/json': { schema: oembedResponseSchema },
        'text/xml': { schema: z.string() },
      },
    },
    ...problems,
  },
});

export const oembed: Route = (app, { models }) =>
  app.openapi(route, async (c) => {
    const { format, ...request } = c.req.valid('query');
    if (format !== 'json' && format !== 'xml') {
      throw new ServiceError('unknown-format', `there is no format "${format}", only json and xml`);
    }
    const response = await describeEmbed(models, request, new URL('/', c.req.url));
    if (format === 'json') return c.json(response, 200);
    return c.body(oembedXml(response), 200, { 'content-type': 'text/xml; charset=utf-8' });
  });
