import { z } from '@hono/zod-openapi';
import { oembedResponseSchema, oembedSchema } from '../../contract/embeds.ts';
import { ServiceError } from '../../services/service-error.ts';
import { publicUrl } from '../http/public-url.ts';
import { READ } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';
import { describeEmbed, oembedXml } from './oembed.ts';

export const oembed = defineRoute({
  contract: {
    method: 'get',
    path: '/oembed',
    operationId: 'oembed',
    tags: ['Embeds'],
    summary: 'Describe how to embed a page (oEmbed 1.0)',
    description:
      '404 for addresses that are not embeddable pages of this deployment, 501 for formats other than ' +
      'JSON and XML.',
    request: { query: oembedSchema },
    responses: {
      200: {
        description: 'A frame, and a picture of the page.',
        content: {
          'application/json': { schema: oembedResponseSchema },
          'text/xml': { schema: z.string() },
        },
      },
    },
  },
  policy: READ,
  handler:
    ({ models }) =>
    async (c) => {
      const { format, ...request } = c.req.valid('query');
      if (format !== 'json' && format !== 'xml') {
        const detail = `format must be json or xml, not "${format}"`;
        throw new ServiceError('unknown-format', detail);
      }
      const response = await describeEmbed(models, request, new URL('/', publicUrl(c.req)));
      if (format === 'json') return c.json(response, 200);
      return c.body(oembedXml(response), 200, { 'content-type': 'text/xml; charset=utf-8' });
    },
});
