import { z } from '@hono/zod-openapi';
import { shieldsSchema } from '../../contract/embeds.ts';
import { watchBadgePathSchema } from '../../contract/watches.ts';
import { BADGE_COLOUR, drawBadge } from '../../plots/badge.ts';
import { requireWatches } from '../../services/watches/watches.ts';
import { READ } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';

/** Seconds: shields.io asks again after these. */
const CACHED = 900;

export const watchBadge = defineRoute({
  contract: {
    method: 'get',
    path: '/badge/watches/{file}',
    operationId: 'watchBadge',
    tags: ['Embeds'],
    summary: 'Get the state of a watch as a badge',
    description: 'An SVG, or JSON for the endpoint badge of shields.io: the name and the state.',
    request: { params: watchBadgePathSchema },
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
  policy: { ...READ, errors: 'badge' },
  handler:
    ({ watches }) =>
    async (c) => {
      const [id = '', extension] = c.req.valid('param').file.split('.');
      const { name: label, state, since } = await requireWatches(watches).store.get(id);
      const message = state ?? 'new';
      const title = `${label}: ${message}${since === null ? '' : `, since ${since}`}`;
      if (extension === 'svg') {
        return c.body(drawBadge({ label, message, title }), 200, {
          'content-type': 'image/svg+xml',
        });
      }
      const color = BADGE_COLOUR.slice(1);
      return c.json(
        { schemaVersion: 1 as const, label, message, color, cacheSeconds: CACHED },
        200,
      );
    },
});
