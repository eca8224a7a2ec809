import { createRoute } from '@hono/zod-openapi';
import {
  explorerParametersSchema,
  type ExplorerParameters,
  type ShownAnswer,
  type SiteModel,
} from '../../contract/pages.ts';
import { questionIn } from '../../site/embed/scene-labels.ts';
import { sceneEmbedAddress } from '../../site/lib/embed-addresses.ts';
import { selectModels, sceneRequests, sceneQueryOf } from '../../site/explorer/plan.ts';
import { objectNames } from '../../task/query.ts';
import { addressesOf } from '../embeds/addresses.ts';
import { describeAnswers } from '../embeds/scene.ts';
import { planScenePrediction, predictScene } from './predict-scene.ts';
import { showSitePage, siteModels, type SitePage } from './site-page.ts';
import { page, problems } from '../http/openapi-responses.ts';
import type { Route } from '../services.ts';

const route = createRoute({
  method: 'get',
  path: '/',
  operationId: 'frontPage',
  tags: ['Pages'],
  summary: 'The front page',
  request: { query: explorerParametersSchema },
  responses: {
    200: page,
    ...problems,
  },
});

export const frontPage: Route = (app, { models, waitUntil }) =>
  app.openapi(route, async (c) => {
    const parameters = c.req.valid('query');
    const cards = await siteModels(models, parameters.models);
    const asked = selectModels(cards, parameters.models);
    const round = await planScenePrediction(models, sceneRequests(asked, parameters));
    const { answers, status } = await predictScene(models, round, c, waitUntil);
    c.header('cache-status', status);
    const url = new URL(c.req.url);
    return showSitePage(c, {
      title: 'bindscope',
      description:
        'How training on pictures changes how transformers bind words in text: ask the models.',
      shared: shareRound(url, asked, parameters, answers),
      state: {
        page: 'explorer',
        origin: url.origin,
        models: cards,
        parameters,
        answers: [...answers],
      },
    });
  });

/** A link to a round shows its question, its picture, and who was right. */
function shareRound(
  url: URL,
  asked: readonly SiteModel[],
  parameters: ExplorerParameters,
  answers: readonly ShownAnswer[],
): SitePage['shared'] {
  const query = sceneQueryOf(asked, parameters);
  const { colour } = objectNames(query.scene.objects[query.object]);
  return {
    title: questionIn('en', colour),
    description: describeAnswers(query, answers, 'en'),
    image: addressesOf('scene', new URL(sceneEmbedAddress(parameters, asked), url)).image,
    embeddable: true,
  };
}
