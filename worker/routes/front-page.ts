import { createRoute, z } from '@hono/zod-openapi';
import {
  roundParametersSchema,
  type RoundParameters,
  type ShownAnswer,
  type SiteModel,
} from '../../contract/site.ts';
import { questionIn } from '../../site/embed/scene-words.ts';
import { embedOfRound } from '../../site/lib/embed-addresses.ts';
import { chosenModels, roundRequests, sceneOfRound } from '../../site/round/plan.ts';
import { objectNames } from '../../task/query.ts';
import { addressesOf } from '../embed/addresses.ts';
import { describeAnswers } from '../embed/scene.ts';
import type { Shared } from '../embed/share-head.ts';
import { planRound, playRound } from '../front/play.ts';
import { siteModel, sitePage } from '../front/site-page.ts';
import { problems } from '../responses.ts';
import { SITE_POLICY } from '../security.ts';
import type { Route } from '../services.ts';

const route = createRoute({
  method: 'get',
  path: '/',
  operationId: 'frontPage',
  tags: ['Pages'],
  summary: 'The front page',
  request: { query: roundParametersSchema },
  responses: {
    200: { description: 'For people.', content: { 'text/html': { schema: z.string() } } },
    ...problems,
  },
});

export const frontPage: Route = (app, { models, keepAlive }) =>
  app.openapi(route, async (c) => {
    const parameters = c.req.valid('query');
    const cards = (await models.list()).map(siteModel);
    const asked = chosenModels(cards, parameters.models);
    const round = await planRound(models, roundRequests(asked, parameters));
    const { answers, status } = await playRound(models, round, c.req.url, keepAlive);
    c.header('cache-status', status);
    const url = new URL(c.req.url);
    c.header('content-security-policy', SITE_POLICY);
    const page = sitePage({
      title: 'bindscope',
      description: 'What seeing does to reading: small transformers, asked live.',
      shared: shareRound(url, asked, parameters, answers),
      state: {
        page: 'round',
        origin: url.origin,
        models: cards,
        parameters,
        answers: [...answers],
      },
    });
    return c.html(page, 200);
  });

/** A link to a round shows its question, its picture, and who was right. */
function shareRound(
  url: URL,
  asked: readonly SiteModel[],
  parameters: RoundParameters,
  answers: readonly ShownAnswer[],
): Shared {
  const query = sceneOfRound(asked, parameters);
  const { colour } = objectNames(query.scene.objects[query.object]);
  return {
    url,
    title: questionIn('en', colour),
    description: describeAnswers(query, answers, 'en'),
    image: addressesOf('scene', new URL(embedOfRound(parameters, asked), url)).image,
    embeddable: true,
  };
}
