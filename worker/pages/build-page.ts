import { createRoute } from '@hono/zod-openapi';
import { sceneEditorParametersSchema } from '../../contract/pages.ts';
import { showSitePage, siteModels } from './site-page.ts';
import { page, problems } from '../http/openapi-responses.ts';
import type { Route } from '../services.ts';

const route = createRoute({
  method: 'get',
  path: '/build',
  operationId: 'sceneEditorPage',
  tags: ['Pages'],
  summary: 'The scene editor',
  request: { query: sceneEditorParametersSchema },
  responses: {
    200: page,
    ...problems,
  },
});

export const sceneEditorPage: Route = (app, { models }) =>
  app.openapi(route, async (c) => {
    const parameters = c.req.valid('query');
    return showSitePage(c, {
      title: 'Scene editor - bindscope',
      description: 'Move, add and recolour shapes, and see what the models answer.',
      state: {
        page: 'scene-editor',
        models: await siteModels(models, parameters.models),
        parameters,
      },
    });
  });
