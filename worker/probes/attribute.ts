import {
  attributionRequestSchema,
  attributionResponseSchema,
} from '../../contract/attributions.ts';
import { runAttribution } from '../../services/attribution.ts';
import { json, jsonBody } from '../http/openapi-responses.ts';
import { COMPUTE_POST } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';

export const attribute = defineRoute({
  contract: {
    method: 'post',
    path: '/v1/attributions',
    operationId: 'attribute',
    tags: ['Mechanism'],
    summary: 'Measure which tokens one answer depends on',
    description:
      "Cuts the attention of the question's last token to one token before the question at a time, in all layers, " +
      'and returns how much of the probability of the answer is lost. The tokens with the largest ' +
      'effects are also cut layer by layer, which shows where they are read.',
    request: { body: jsonBody(attributionRequestSchema) },
    responses: { 200: json('The effect of each cut.', attributionResponseSchema) },
  },
  policy: COMPUTE_POST,
  handler:
    ({ models }) =>
    async (c) =>
      c.json(await runAttribution(models, c.req.valid('json')), 200),
});
