import { createRoute } from '@hono/zod-openapi';
import { mechanismParametersSchema } from '../../contract/pages.ts';
import { mechanismEmbedAddress } from '../../site/lib/embed-addresses.ts';
import { selectModels } from '../../site/explorer/plan.ts';
import { addressesOf } from '../embeds/addresses.ts';
import { showSitePage, siteModels } from './site-page.ts';
import { page, problems } from '../http/openapi-responses.ts';
import type { Route } from '../services.ts';

const route = createRoute({
  method: 'get',
  path: '/inside',
  operationId: 'insidePage',
  tags: ['Pages'],
  summary: 'The page to look inside models',
  request: { query: mechanismParametersSchema },
  responses: {
    200: page,
    ...problems,
  },
});

export const insidePage: Route = (app, { models }) =>
  app.openapi(route, async (c) => {
    const parameters = c.req.valid('query');
    const cards = await siteModels(models, parameters.models);
    const embed = mechanismEmbedAddress(parameters, selectModels(cards, parameters.models));
    return showSitePage(c, {
      title: 'Look inside - bindscope',
      description: 'Where an answer comes from: patch a model as it answers, and see what it says.',
      shared: {
        image: addressesOf('mechanism', new URL(embed, c.req.url)).image,
        embeddable: true,
      },
      state: { page: 'mechanism', models: cards, parameters },
    });
  });
