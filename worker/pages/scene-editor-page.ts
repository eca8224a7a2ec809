import { sceneEditorParametersSchema } from '../../contract/page-parameters.ts';
import { selectModels } from '../../site/explorer/plan.ts';
import { addressOf } from '../../site/lib/address.ts';
import { editedSceneEmbedAddress } from '../../site/lib/embed-addresses.ts';
import { editedObjects } from '../../site/scene-editor/inline-query.ts';
import { addressesOf } from '../embeds/addresses.ts';
import { html } from '../http/openapi-responses.ts';
import { publicUrl } from '../http/public-url.ts';
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
      const all = await siteModels(models, parameters.models);
      const chosen = selectModels(all, parameters.models);
      // An empty board has nothing to ask, and so no embed and no picture.
      const isEmpty = chosen.length === 0 || editedObjects(chosen, parameters).length === 0;
      const embed = new URL(editedSceneEmbedAddress(parameters, chosen), publicUrl(c.req));
      return showSitePage(c, {
        address: addressOf('/build', sceneEditorParametersSchema, parameters),
        title: 'Build a scene and ask the models',
        description: 'Move, add and recolour shapes, and see what the models answer.',
        ...(!isEmpty && { shared: { image: addressesOf('scene', embed).image, embeddable: true } }),
        state: { page: 'scene-editor', models: all, parameters },
      });
    },
});
