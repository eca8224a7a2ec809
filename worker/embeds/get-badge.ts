import { createRoute, z } from '@hono/zod-openapi';
import { badgePathSchema, badgeSchema, shieldsSchema } from '../../contract/embeds.ts';
import { BADGE_COLOUR, drawBadge } from '../../plots/badge.ts';
import { badgeOf } from './badge.ts';
import { problems } from '../http/openapi-responses.ts';
import type { Route } from '../services.ts';

const route = createRoute({
  method: 'get',
  path: '/badge/{file}',
  operationId: 'getBadge',
  tags: ['Embeds'],
  summary: 'Accuracy as a badge',
  description:
    'An SVG, or JSON for the endpoint badge of shields.io. The number after ± is the least whole one ' +
    'that holds the 95 % interval; the title of the SVG has the interval itself and the counts.',
  request: { params: badgePathSchema, query: badgeSchema },
  responses: {
    200: {
      description: 'The badge.',
      content: {
        'image/svg+xml': { schema: z.string() },
        'application/json': { schema: shieldsSchema },
      },
    },
    ...problems,
  },
});

/** An hour: figures change when models are deployed. */
const KEPT = 3600;

export const getBadge: Route = (app, { models }) =>
  app.openapi(route, async (c) => {
    const { file } = c.req.valid('param');
    const [id, extension] = file.split('.');
    const badge = badgeOf(await models.card(id), c.req.valid('query'));
    c.header('cache-control', `public, max-age=${KEPT}`);
    if (extension === 'svg') {
      return c.body(drawBadge(badge), 200, { 'content-type': 'image/svg+xml' });
    }
    const { label, message } = badge;
    const color = BADGE_COLOUR.slice(1);
    return c.json({ schemaVersion: 1 as const, label, message, color, cacheSeconds: KEPT }, 200);
  });
