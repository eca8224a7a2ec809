import { z } from '@hono/zod-openapi';
import { badgePathSchema, badgeSchema, shieldsSchema } from '../../contract/embeds.ts';
import { drawBadge, shieldsColour } from '../../plots/badge.ts';
import { HOUR } from '../http/http-cache.ts';
import { READ } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';
import { badgeOf } from './badge.ts';

export const getBadge = defineRoute({
  contract: {
    method: 'get',
    path: '/badge/{file}',
    operationId: 'getBadge',
    tags: ['Embeds'],
    summary: 'Get the accuracy of a model as a badge',
    description:
      'An SVG, or JSON for the endpoint badge of shields.io: the model, what it was asked about, and its ' +
      'accuracy. The number after ± is the smallest whole ' +
      'margin that contains the 95 % interval; the title of the SVG has the interval and the counts.',
    request: { params: badgePathSchema, query: badgeSchema },
    responses: {
      200: {
        description: 'The badge.',
        content: {
          'image/svg+xml': { schema: z.string() },
          'application/json': { schema: shieldsSchema },
        },
      },
    },
  },
  policy: { ...READ, cache: 'hour', errors: 'badge' },
  handler:
    ({ models }) =>
    async (c) => {
      const { file } = c.req.valid('param');
      const [id = '', extension] = file.split('.');
      const badge = badgeOf(await models.card(id), id, c.req.valid('query'));
      if (extension === 'svg') {
        return c.body(drawBadge(badge), 200, { 'content-type': 'image/svg+xml' });
      }
      const { label, message } = badge;
      const color = shieldsColour();
      return c.json({ schemaVersion: 1 as const, label, message, color, cacheSeconds: HOUR }, 200);
    },
});
