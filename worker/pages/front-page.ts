import {
  explorerParametersSchema,
  type ExplorerParameters,
  type ShownAnswer,
  type SiteModel,
} from '../../contract/pages.ts';
import { readScore, type Score } from '../../contract/score.ts';
import { textResult } from '../../site/explorer/text-result.ts';
import { percent } from '../../site/lib/format.ts';
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
  return {
    ...(score
      ? describeScore(score, asked)
      : {
          title: questionIn('en', colour),
          description: describeAnswers(query, answers, 'en'),
        }),
    image: addressesOf('scene', new URL(sceneEmbedAddress(parameters, asked), url)).image,
    embeddable: true,
  };
}

/** `I answered 3 of 4 questions, text-only 1, image-text 4`, and the claim that this illustrates. */
function describeScore(
  { asked: count, visitor, models: scores }: Score,
  models: readonly SiteModel[],
) {
  const others = scores.map((score, index) => `, ${models[index]?.id ?? 'another model'} ${score}`);
  const beyond = models.flatMap((model) => {
    const result = textResult(model);
    return result ? [`${model.id} ${percent(result.ood.accuracy)}`] : [];
  });
  return {
    title: `I answered ${visitor} of ${count} questions correctly${others.join('')}`,
    description:
      'Training on pictures can make a network better at text. With longer lists than in training, they ' +
      `answer correctly: ${beyond.join(', ')}. Guess before they do.`,
  };
}
