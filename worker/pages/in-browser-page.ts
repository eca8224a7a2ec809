import { inBrowserParametersSchema } from '../../contract/page-parameters.ts';
import { addressOf } from '../../site/lib/address.ts';
import { html } from '../http/openapi-responses.ts';
import { publicUrl } from '../http/public-url.ts';
import { PAGE } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';
import { PAGE_TEXTS } from './page-texts.ts';
import { siteModels } from './site-models.ts';
import { showSitePage } from './site-page.ts';

export const inBrowserPage = defineRoute({
  contract: {
    method: 'get',
    path: '/in-browser',
    operationId: 'inBrowserPage',
    tags: ['Pages'],
    summary: 'The page that runs a model in the browser',
    request: { query: inBrowserParametersSchema },
    responses: { 200: html },
  },
  policy: PAGE,
  handler:
    ({ models }) =>
    async (c) => {
      const parameters = c.req.valid('query');
      const { title, description } = PAGE_TEXTS['in-browser'];
      return showSitePage(c, {
        address: addressOf('/in-browser', inBrowserParametersSchema, parameters),
        title,
        description,
        shared: { image: new URL('/preview/page.png?page=in-browser', publicUrl(c.req)) },
        state: {
          page: 'in-browser',
          models: await siteModels(models, parameters.model ? [parameters.model] : []),
          parameters,
        },
      });
    },
});
