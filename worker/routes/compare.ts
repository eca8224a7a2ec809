import { createRoute } from '@hono/zod-openapi';
import { compareResponseSchema, compareSchema } from '../../contract/api.ts';
import { runComparison } from '../comparison.ts';
import { json, problems } from '../responses.ts';
import type { Route } from '../services.ts';

const route = createRoute({
  method: 'get',
  path: '/v1/compare',
  operationId: 'compareModels',
  tags: ['Evaluation'],
  summary: 'Compare models on the same queries',
  description:
    'Accuracy by number of objects with 95 % Wilson intervals, and for each pair of models the ' +
    'difference with an exact McNemar test. The same address gives the same bytes.',
  request: { query: compareSchema },
  responses: { 200: json('The comparison.', compareResponseSchema), ...problems },
});

export const compare: Route = (app, { models }) =>
  app.openapi(route, async (c) => c.json(await runComparison(models, c.req.valid('query')), 200));
