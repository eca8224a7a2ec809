import {
  explorerParametersSchema,
  type ExplorerParameters,
} from '../../contract/page-parameters.ts';
import type { ShownAnswer, SiteModel } from '../../contract/pages.ts';
import { readScore, writeScore } from '../../contract/score.ts';
import { questionIn } from '../../site/embed/scene-labels.ts';
import { selectModels, sceneQueryOf, sceneRequests } from '../../site/explorer/plan.ts';
import { sceneEmbedAddress } from '../../site/lib/embed-addresses.ts';
import { elementAt } from '../../task/element-at.ts';
import { objectNames } from '../../task/query.ts';
import { addressesOf } from '../embeds/addresses.ts';
import { describeAnswers } from '../embeds/scene-embed.ts';
import { planScenePrediction, predictScene } from '../evaluation/predict-scene.ts';
import { addressOf } from '../../site/lib/address.ts';
import { html } from '../http/openapi-responses.ts';
import { publicUrl } from '../http/public-url.ts';
import { PAGE } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';
import type { Shared } from './share-head.ts';
import { sharedScore } from './shared-score.ts';
import { siteModels } from './site-models.ts';
import { showSitePage } from './site-page.ts';

export const frontPage = defineRoute({
  contract: {
    method: 'get',
    path: '/',
    operationId: 'frontPage',
    tags: ['Pages'],
    summary: 'The front page: a question, and the answers of two models',
    request: { query: explorerParametersSchema },
    responses: { 200: html },
  },
  policy: { ...PAGE, cost: 'compute' },
  handler:
    ({ models, waitUntil }) =>
    async (c) => {
      const parameters = c.req.valid('query');
      const all = await siteModels(models, parameters.models);
      const asked = selectModels(all, parameters.models);
      const plan = await planScenePrediction(models, sceneRequests(asked, parameters));
      const { answers, status } = await predictScene(models, plan, c, waitUntil);
      c.header('cache-status', status);
      const url = publicUrl(c.req);
      return showSitePage(c, {
        address: addressOf('/', explorerParametersSchema, parameters),
        title: 'bindscope: training on pictures makes a transformer better at text',
        description:
          'How training on pictures changes how transformers bind words in text: ask the models.',
        shared: sharedQuestion(url, asked, parameters, answers),
        state: {
          page: 'explorer',
          origin: url.origin,
          models: all,
          parameters,
          answers: [...answers],
        },
      });
    },
});

/** A link shows the question, its picture and the answers; or the score of the person who shares it, and what it shows. */
function sharedQuestion(
  url: URL,
  asked: readonly SiteModel[],
  parameters: ExplorerParameters,
  answers: readonly ShownAnswer[],
): Omit<Shared, 'url'> {
  const query = sceneQueryOf(asked, parameters);
  const { colour } = objectNames(elementAt(query.scene.objects, query.object));
  const score = parameters.score === undefined ? undefined : readScore(parameters.score);
  if (score) {
    const { headline, models, claim } = sharedScore(score, asked);
    const image = new URL('/preview/score.png', url);
    image.search = new URLSearchParams({
      score: writeScore(score),
      models: asked.map(({ id }) => id).join(','),
    }).toString();
    return {
      title: [headline, ...models.map(({ name, correct }) => `${name} ${correct}`)].join(', '),
      description: claim,
      image,
      embeddable: true,
    };
  }
  return {
    title: questionIn('en', colour),
    description: describeAnswers(query, answers, 'en'),
    image: addressesOf('scene', new URL(sceneEmbedAddress(parameters, asked), url)).image,
    embeddable: true,
  };
}
