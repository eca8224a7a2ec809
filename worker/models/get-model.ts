import { modelCardSchema } from '../../contract/card.ts';
import { modelPathSchema } from '../../contract/models.ts';
import { json } from '../http/openapi-responses.ts';
import { READ } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';

export const getModel = defineRoute({
  contract: {
    method: 'get',
    path: '/v1/models/{id}',
    operationId: 'getModel',
    tags: ['Models'],
    summary: 'Get the card of a model',
    request: { params: modelPathSchema },
    responses: {
      200: json('The card: architecture, training, files, accuracy.', modelCardSchema),
    },
  },
  policy: READ,
  handler:
    ({ models }) =>
    async (c) =>
      c.json(await models.card(c.req.valid('param').id), 200),
});
