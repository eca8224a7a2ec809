import { createRoute, z } from '@hono/zod-openapi';
import { insideParametersSchema } from '../../contract/site.ts';
import { embedOfInside } from '../../site/lib/embed-addresses.ts';
import { chosenModels } from '../../site/round/plan.ts';
import { addressesOf } from '../embed/addresses.ts';
import { siteModel, sitePage } from '../front/site-page.ts';
import { problems } from '../responses.ts';
import { SITE_POLICY } from '../security.ts';
import type { Route } from '../services.ts';

const route = createRoute({
  method: 'get',
  path: '/inside',
  operationId: 'insidePage',
  tags: ['Pages'],
  summary: 'The page to look inside models',
  request: { query: insideParametersSchema },
  responses: {
    200: { description: 'For people.', content: { 'text/html': { schema: z.string() } } },
    ...problems,
  },
});

export const insidePage: Route = (app, { models }) =>
  app.openapi(route, async (c) => {
    const parameters = c.req.valid('query');
    const cards = (await models.list()).map(siteModel);
    const asked = chosenModels(cards, parameters.models);
    const url = new URL(c.req.url);
    c.header('content-security-policy', SITE_POLICY);
    const page = sitePage({
      title: 'Look inside - bindscope',
      description: 'Where an answer comes from: patch a model as it answers, and see what it says.',
      shared: {
        url,
        image: addressesOf('mechanism', new URL(embedOfInside(parameters, asked), url)).image,
        embeddable: true,
      },
      state: { page: 'inside', models: cards, parameters },
    });
    return c.html(page, 200);
  });
