import { modelPathSchema, servedCardSchema } from '../../contract/models.ts';
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
      200: json(
        'The card: architecture, training, files, accuracy, and who signed it.',
        servedCardSchema,
      ),
    },
  },
  policy: READ,
  handler:
    ({ models }) =>
    async (c) => {
      const card = await models.card(c.req.valid('param').id);
      return c.json({ ...card, signedBy: models.signer(card) }, 200);
    },
});
