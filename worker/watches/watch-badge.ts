import { z } from '@hono/zod-openapi';
import { shieldsSchema } from '../../contract/embeds.ts';
import { watchBadgePathSchema, watchBadgeSchema, type WatchState } from '../../contract/watches.ts';
import { drawBadge, shieldsColour } from '../../plots/badge.ts';
import type { ColourName } from '../../plots/palette.ts';
import { requireWatches } from '../../services/watches/watches.ts';
import { READ } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';
import { STATUS_WORDS } from './status-words.ts';

/** White text is legible on each; the message says the same in words. */
const COLOURS: Readonly<Record<WatchState | 'new', ColourName>> = {
  passing: 'correct',
  regressed: 'wrong',
  insufficient: 'series0',
  unreachable: 'foreground',
  new: 'accent',
};

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
    request: { params: watchBadgePathSchema, query: watchBadgeSchema },
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
      const words = STATUS_WORDS[c.req.valid('query').locale];
      const message = words.states[state ?? 'new'];
      const colour = COLOURS[state ?? 'new'];
      const title = `${label}: ${message}${since === null ? '' : `, ${words.since} ${since}`}`;
      if (extension === 'svg') {
        return c.body(drawBadge({ label, message, title, colour }), 200, {
          'content-type': 'image/svg+xml',
        });
      }
      const color = shieldsColour(colour);
      return c.json(
        { schemaVersion: 1 as const, label, message, color, cacheSeconds: CACHED },
        200,
      );
    },
});
