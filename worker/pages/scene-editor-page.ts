import { sceneEditorParametersSchema } from '../../contract/pages.ts';
import { html } from '../http/openapi-responses.ts';
import { PAGE } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';
import { siteModels } from './site-models.ts';
import { showSitePage } from './site-page.ts';

export const sceneEditorPage = defineRoute({
  contract: {
    method: 'get',
    path: '/build',
    operationId: 'sceneEditorPage',
    tags: ['Pages'],
    summary: 'The scene editor',
    request: { query: sceneEditorParametersSchema },
    responses: { 200: html },
  },
  policy: PAGE,
  handler:
    ({ models }) =>
    async (c) => {
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
    },
});
