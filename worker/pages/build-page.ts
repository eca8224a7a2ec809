import { createRoute } from '@hono/zod-openapi';
import { sceneEditorParametersSchema } from '../../contract/pages.ts';
import { showSitePage, siteModels } from './site-page.ts';
import { page, problems } from '../http/openapi-responses.ts';
import type { Route } from '../services.ts';

const route = createRoute({
  method: 'get',
  path: '/build',
  operationId: 'buildPage',
  tags: ['Pages'],
  summary: 'The page to build a query by hand',
  request: { query: sceneEditorParametersSchema },
  responses: {
    200: page,
    ...problems,
  },
});

export const buildPage: Route = (app, { models }) =>
  app.openapi(route, async (c) => {
    const parameters = c.req.valid('query');
    return showSitePage(c, {
      title: 'Build a query - bindscope',
      description: 'Coloured shapes to move, add and recolour, and models that answer at once.',
      state: {
        page: 'scene-editor',
        models: await siteModels(models, parameters.models),
        parameters,
      },
    });
  });
