import { knockoutRequestSchema, knockoutResponseSchema } from '../../contract/knockouts.ts';
import { runKnockout } from '../../services/knockout.ts';
import { json, jsonBody } from '../http/openapi-responses.ts';
import { COMPUTE_POST } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';

export const knockOut = defineRoute({
  contract: {
    method: 'post',
    path: '/v1/knockouts',
    operationId: 'knockOut',
    tags: ['Mechanism'],
    summary: 'Cut attention inside a model',
    description:
      'Answers queries with and without the attention of one group of tokens to another, in some or ' +
      'all layers. The drop in accuracy shows how much the answers depend on that attention.',
    request: { body: jsonBody(knockoutRequestSchema) },
    responses: { 200: json('Accuracy with and without the attention.', knockoutResponseSchema) },
  },
  policy: COMPUTE_POST,
  handler:
    ({ models }) =>
    async (c) =>
      c.json(await runKnockout(models, c.req.valid('json')), 200),
});
