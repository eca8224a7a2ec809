import { createRoute } from '@hono/zod-openapi';
import { inBrowserParametersSchema } from '../../contract/pages.ts';
import { showSitePage, siteModels } from './site-page.ts';
import { page, problems } from '../http/openapi-responses.ts';
import type { Route } from '../services.ts';

const route = createRoute({
  method: 'get',
  path: '/here',
  operationId: 'herePage',
  tags: ['Pages'],
  summary: 'The page that runs a model in the browser',
  request: { query: inBrowserParametersSchema },
  responses: {
    200: page,
    ...problems,
  },
});

export const herePage: Route = (app, { models }) =>
  app.openapi(route, async (c) => {
    const parameters = c.req.valid('query');
    return showSitePage(c, {
      title: 'Run it here - bindscope',
      description:
        'The same model file, run by this browser, and whether it answers as the edge does.',
      state: {
        page: 'in-browser',
        models: await siteModels(models, parameters.model ? [parameters.model] : []),
        parameters,
      },
    });
  });
