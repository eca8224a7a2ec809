import { createRoute, z } from '@hono/zod-openapi';
import { hereParametersSchema } from '../../contract/site.ts';
import { siteModel, sitePage } from '../front/site-page.ts';
import { problems } from '../responses.ts';
import { SITE_POLICY } from '../security.ts';
import type { Route } from '../services.ts';

const route = createRoute({
  method: 'get',
  path: '/here',
  operationId: 'herePage',
  tags: ['Pages'],
  summary: 'The page that runs a model in the browser',
  request: { query: hereParametersSchema },
  responses: {
    200: { description: 'For people.', content: { 'text/html': { schema: z.string() } } },
    ...problems,
  },
});

export const herePage: Route = (app, { models }) =>
  app.openapi(route, async (c) => {
    const parameters = c.req.valid('query');
    const cards = (await models.list()).map(siteModel);
    const url = new URL(c.req.url);
    c.header('content-security-policy', SITE_POLICY);
    const page = sitePage({
      title: 'Run it here - bindscope',
      description:
        'The same model file, run by this browser, and whether it answers as the edge does.',
      shared: { url, image: new URL('/preview/comparison.png', url), embeddable: false },
      state: { page: 'here', models: cards, parameters },
    });
    return c.html(page, 200);
  });
