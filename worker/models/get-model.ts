import { createRoute } from '@hono/zod-openapi';
import { modelPathSchema } from '../../contract/models.ts';
import { noParametersSchema } from '../../contract/url-parameters.ts';
import { modelCardSchema } from '../../contract/card.ts';
import { json, problems } from '../http/openapi-responses.ts';
import type { Route } from '../services.ts';

const route = createRoute({
  method: 'get',
  path: '/v1/models/{id}',
  operationId: 'getModel',
  tags: ['Models'],
  summary: 'One model',
  request: { params: modelPathSchema, query: noParametersSchema },
  responses: {
    200: json('Its card: what it is, how it was trained, what it can do.', modelCardSchema),
    ...problems,
  },
});

export const getModel: Route = (app, { models }) =>
  app.openapi(route, async (c) => c.json(await models.card(c.req.valid('param').id), 200));
