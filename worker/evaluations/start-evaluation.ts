import { evaluationRequestSchema, evaluationResourceSchema } from '../../contract/evaluations.ts';
import { requireEvaluations } from '../../services/evaluations/evaluations.ts';
import { json, jsonBody } from '../http/openapi-responses.ts';
import { writePolicy } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';

export const startEvaluation = defineRoute({
  contract: {
    method: 'post',
    path: '/v1/evaluations',
    operationId: 'startEvaluation',
    tags: ['Evaluations'],
    summary: 'Start a comparison that is too long for one request',
    description:
      'A workflow computes it in steps. `Location` has its address. An equal request, with the same model ' +
      'files and the same code, gets the evaluation that exists; one that failed is continued.',
    request: { body: jsonBody(evaluationRequestSchema) },
    responses: {
      200: json('The evaluation exists already.', evaluationResourceSchema),
      202: json('The evaluation has been started.', evaluationResourceSchema),
    },
  },
  policy: { ...writePolicy('evaluate'), cost: 'compute' },
  handler:
    ({ evaluations }) =>
    async (c) => {
      const service = requireEvaluations(evaluations);
      const { started, evaluation } = await service.start(c.req.valid('json'));
      c.header('location', `/v1/evaluations/${evaluation.id}`);
      return started ? c.json(evaluation, 202) : c.json(evaluation, 200);
    },
});
