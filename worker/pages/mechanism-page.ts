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
  path: '/mechanism',
  operationId: 'mechanismPage',
  tags: ['Pages'],
  summary: 'The page about the mechanism of models',
  request: { query: mechanismParametersSchema },
  responses: {
    200: page,
    ...problems,
  },
});

export const mechanismPage: Route = (app, { models }) => {
  app.get('/inside', (c) => c.redirect(`/mechanism${new URL(c.req.url).search}`, 301));
  app.openapi(route, async (c) => {
    const parameters = c.req.valid('query');
    const cards = await siteModels(models, parameters.models);
    const embed = mechanismEmbedAddress(parameters, selectModels(cards, parameters.models));
    return showSitePage(c, {
      title: 'Mechanism - bindscope',
      description:
        'Patch the activations of a model, and see whether it binds by place or by shape.',
      shared: {
        image: addressesOf('mechanism', new URL(embed, c.req.url)).image,
        embeddable: true,
      },
      state: { page: 'mechanism', models: cards, parameters },
    });
  });
};
