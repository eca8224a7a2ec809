import { createRoute, z } from '@hono/zod-openapi';
import { roundParametersSchema } from '../../contract/site.ts';
import { chosenModels, roundRequests } from '../../site/round/plan.ts';
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
    const round = await planRound(models, asked.length > 0 ? roundRequests(asked, parameters) : []);
    const { answers, status } = await playRound(models, round, c.req.url, keepAlive);
    c.header('cache-status', status);
    const { origin } = new URL(c.req.url);
    c.header('content-security-policy', SITE_POLICY);
    const page = sitePage({
      title: 'bindscope',
      description: 'What seeing does to reading: small transformers, asked live.',
      state: { page: 'round', origin, models: cards, parameters, answers: [...answers] },
    });
    return c.html(page, 200);
  });
