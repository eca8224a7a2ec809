import { accuracyResponseSchema, accuracySchema } from '../../contract/embeds.ts';
import { measuredAccuracy } from '../../services/accuracy.ts';
import { json } from '../http/openapi-responses.ts';
import { READ } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';

export const getAccuracy = defineRoute({
  contract: {
    method: 'get',
    path: '/v1/accuracy',
    operationId: 'getAccuracy',
    tags: ['Evaluation'],
    summary: 'Compare the measured accuracy of models',
    description:
      'From the cards of the models: accuracy by number of objects, measured on thousands of test ' +
      'queries each when the model was exported. `/v1/compare` runs the models instead.',
    request: { query: accuracySchema },
    responses: { 200: json('The models, in the order of the request.', accuracyResponseSchema) },
  },
  policy: READ,
  handler:
    ({ models }) =>
    async (c) =>
      c.json(await measuredAccuracy(models, c.req.valid('query')), 200),
});
