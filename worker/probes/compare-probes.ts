import { compareProbesResponseSchema, compareProbesSchema } from '../../contract/probe-results.ts';
import { compareProbes as compare } from '../../services/probe-results.ts';
import { json } from '../http/openapi-responses.ts';
import { READ } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';

export const compareProbes = defineRoute({
  contract: {
    method: 'get',
    path: '/v1/probes/compare',
    operationId: 'compareProbes',
    tags: ['Mechanism'],
    summary: 'Compare the probe results of models',
    description: 'Positional and symbolic outcomes, and accuracy out of distribution, by model.',
    request: { query: compareProbesSchema },
    responses: { 200: json('The models by kind of queries.', compareProbesResponseSchema) },
  },
  policy: READ,
  handler:
    ({ models }) =>
    async (c) =>
      c.json(await compare(models, c.req.valid('query').models), 200),
});
