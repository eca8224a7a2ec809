import { createRoute, z } from '@hono/zod-openapi';
import { buildParametersSchema } from '../../contract/site.ts';
import { siteModel, sitePage } from '../front/site-page.ts';
import { problems } from '../responses.ts';
import { SITE_POLICY } from '../security.ts';
import type { Route } from '../services.ts';

const route = createRoute({
  method: 'get',
  path: '/build',
  operationId: 'buildPage',
  tags: ['Pages'],
  summary: 'The page to build a query by hand',
  request: { query: buildParametersSchema },
  responses: {
    200: { description: 'For people.', content: { 'text/html': { schema: z.string() } } },
    ...problems,
  },
});

export const buildPage: Route = (app, { models }) =>
  app.openapi(route, async (c) => {
    const parameters = c.req.valid('query');
    const cards = (await models.list()).map(siteModel);
    const url = new URL(c.req.url);
    c.header('content-security-policy', SITE_POLICY);
    const page = sitePage({
      title: 'Build a query - bindscope',
      description: 'Coloured shapes to move, add and recolour, and models that answer at once.',
      shared: { url, image: new URL('/preview/comparison.png', url), embeddable: false },
      state: { page: 'build', models: cards, parameters },
    });
    return c.html(page, 200);
  });
