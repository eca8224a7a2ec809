import { evaluationPathSchema, evaluationResourceSchema } from '../../contract/evaluations.ts';
import { requireEvaluations } from '../../services/evaluations/evaluations.ts';
import { json } from '../http/openapi-responses.ts';
import { READ } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';

export const getEvaluation = defineRoute({
  contract: {
    method: 'get',
    path: '/v1/evaluations/{id}',
    operationId: 'getEvaluation',
    tags: ['Evaluations'],
    summary: 'Get an evaluation, its progress and its result',
    request: { params: evaluationPathSchema },
    responses: { 200: json('The evaluation.', evaluationResourceSchema) },
  },
  policy: READ,
  handler:
    ({ evaluations }) =>
    async (c) =>
      c.json(await requireEvaluations(evaluations).store.get(c.req.valid('param').id), 200),
});
