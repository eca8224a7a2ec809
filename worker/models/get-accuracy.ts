import { createRoute, z } from '@hono/zod-openapi';
import {
  accuracyPlotSchema,
  accuracyResponseSchema,
  accuracySchema,
} from '../../contract/embeds.ts';
import { plotAccuracy } from '../../plots/accuracy.ts';
import { conditionTitle } from '../../plots/labels.ts';
import { measuredAccuracy } from '../../services/accuracy.ts';
import { json, problems } from '../http/openapi-responses.ts';
import type { Route } from '../services.ts';

const route = createRoute({
  method: 'get',
  path: '/v1/accuracy',
  operationId: 'getAccuracy',
  tags: ['Evaluation'],
  summary: 'Accuracy of models as measured on export',
  description:
    'By number of objects, on thousands of test queries each: what the cards say, side by side. ' +
    '`/v1/compare` asks the models anew.',
  request: { query: accuracySchema },
  responses: {
    200: json('The models, in the order asked for.', accuracyResponseSchema),
    ...problems,
  },
});

const plotRoute = createRoute({
  method: 'get',
  path: '/v1/accuracy.svg',
  operationId: 'getAccuracyPlot',
  tags: ['Evaluation'],
  summary: 'The same as a figure',
  request: { query: accuracyPlotSchema },
  responses: {
    200: {
      description: 'Curves with 95 % intervals, and a key with the counts.',
      content: { 'image/svg+xml': { schema: z.string() } },
    },
    ...problems,
  },
});

export const getAccuracy: Route = (app, { models }) => {
  app.openapi(route, async (c) =>
    c.json(await measuredAccuracy(models, c.req.valid('query')), 200),
  );
  app.openapi(plotRoute, async (c) => {
    const { theme, locale, ...request } = c.req.valid('query');
    const accuracies = await measuredAccuracy(models, request);
    const svg = plotAccuracy({ title: conditionTitle(request, locale), accuracies, locale, theme });
    return c.body(svg, 200, { 'content-type': 'image/svg+xml' });
  });
};
