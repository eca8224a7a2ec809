import { createRoute } from '@hono/zod-openapi';
import { inBrowserParametersSchema } from '../../contract/pages.ts';
import { showSitePage, siteModels } from './site-page.ts';
import { page, problems } from '../http/openapi-responses.ts';
import type { Route } from '../services.ts';

const route = createRoute({
  method: 'get',
  path: '/in-browser',
  operationId: 'inBrowserPage',
  tags: ['Pages'],
  summary: 'The page that runs a model in the browser',
  request: { query: inBrowserParametersSchema },
  responses: {
    200: page,
    ...problems,
  },
});

export const inBrowserPage: Route = (app, { models }) => {
  app.get('/here', (c) => c.redirect(`/in-browser${new URL(c.req.url).search}`, 301));
  app.openapi(route, async (c) => {
    const parameters = c.req.valid('query');
    return showSitePage(c, {
      title: 'In your browser - bindscope',
      description: 'Run a model in your browser, and compare its answers with those of the server.',
      state: {
        page: 'in-browser',
        models: await siteModels(models, parameters.model ? [parameters.model] : []),
        parameters,
      },
    });
  });
};
