import { createRoute, z } from '@hono/zod-openapi';
import { frontPageSchema } from '../../contract/api.ts';
import { frontPage as page } from '../front/page.ts';
import { playRound } from '../front/play.ts';
import { problems } from '../responses.ts';
import type { Route } from '../services.ts';

const route = createRoute({
  method: 'get',
  path: '/',
  operationId: 'frontPage',
  tags: ['Pages'],
  summary: 'The front page',
  request: { query: frontPageSchema },
  responses: {
    200: { description: 'For people.', content: { 'text/html': { schema: z.string() } } },
    ...problems,
  },
});

export const frontPage: Route = (app, { models }) =>
  app.openapi(route, async (c) => {
    const { objects, round: index } = c.req.valid('query');
    const cards = await models.list();
    const round = cards.length > 0 ? await playRound(models, cards, objects, index) : undefined;
    const { origin } = new URL(c.req.url);
    return c.html(page({ cards, round, origin }), 200);
  });
