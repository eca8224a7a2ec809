import { evaluationListSchema, listEvaluationsSchema } from '../../contract/evaluations.ts';
import { requireEvaluations } from '../../services/evaluations/evaluations.ts';
import { json } from '../http/openapi-responses.ts';
import { READ } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';

export const listEvaluations = defineRoute({
  contract: {
    method: 'get',
    path: '/v1/evaluations',
    operationId: 'listEvaluations',
    tags: ['Evaluations'],
    summary: 'List the evaluations',
    request: { query: listEvaluationsSchema },
    responses: { 200: json('The evaluations without their results.', evaluationListSchema) },
  },
  policy: READ,
  handler:
    ({ evaluations }) =>
    async (c) => {
      const { store } = requireEvaluations(evaluations);
      return c.json({ evaluations: await store.list(c.req.valid('query')) }, 200);
    },
});
