import { createRoute } from '@hono/zod-openapi';
import { noParametersSchema } from '../../contract/url-parameters.ts';
import { knockoutRequestSchema, knockoutResponseSchema } from '../../contract/interventions.ts';
import { runKnockout } from '../../services/knockout.ts';
import { json, problems } from '../http/openapi-responses.ts';
import type { Route } from '../services.ts';

const route = createRoute({
  method: 'post',
  path: '/v1/knockouts',
  operationId: 'knockOut',
  tags: ['Mechanism'],
  summary: 'Cut attention inside a model',
  description:
    'Answers queries with and without the attention of one group of tokens to another, over some ' +
    'or all layers: what accuracy is lost went that way.',
  request: {
    query: noParametersSchema,
    body: { required: true, content: { 'application/json': { schema: knockoutRequestSchema } } },
  },
  responses: { 200: json('Accuracy with and without it.', knockoutResponseSchema), ...problems },
});

export const knockOut: Route = (app, { models }) =>
  app.openapi(route, async (c) => c.json(await runKnockout(models, c.req.valid('json')), 200));
