import { createRoute } from '@hono/zod-openapi';
import { predictRequestSchema, predictResponseSchema } from '../../contract/predictions.ts';
import { noParametersSchema } from '../../contract/url-parameters.ts';
import { runPrediction } from '../../services/prediction.ts';
import { json, problems } from '../http/openapi-responses.ts';
import type { Route } from '../services.ts';

const route = createRoute({
  method: 'post',
  path: '/v1/predict',
  operationId: 'predict',
  tags: ['Evaluation'],
  summary: 'Ask models queries',
  description:
    'Each query is given by name or in full; the answer is the most probable of all tokens.',
  request: {
    query: noParametersSchema,
    body: { required: true, content: { 'application/json': { schema: predictRequestSchema } } },
  },
  responses: {
    200: json('The answers, in the order of the queries.', predictResponseSchema),
    ...problems,
  },
});

export const predict: Route = (app, { models }) =>
  app.openapi(route, async (c) => {
    const { clock } = c.var;
    const request = c.req.valid('json');
    clock.parsed();
    const response = await runPrediction(clock.watch(models), request);
    return clock.serialise(() => c.json(response, 200));
  });
