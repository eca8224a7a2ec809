import { inBrowserParametersSchema } from '../../contract/pages.ts';
import { html } from '../http/openapi-responses.ts';
import { PAGE } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';
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
      return showSitePage(c, {
        title: 'In your browser - bindscope',
        description:
          'Run a model in your browser, and compare its answers with those of the server.',
        state: {
          page: 'in-browser',
          models: await siteModels(models, parameters.model ? [parameters.model] : []),
          parameters,
        },
      });
    },
});
