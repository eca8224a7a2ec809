import { deletedEvaluationSchema, evaluationPathSchema } from '../../contract/evaluations.ts';
import { requireEvaluations } from '../../services/evaluations/evaluations.ts';
import { json } from '../http/openapi-responses.ts';
import { writePolicy } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';

export const deleteEvaluation = defineRoute({
  contract: {
    method: 'delete',
    path: '/v1/evaluations/{id}',
    operationId: 'deleteEvaluation',
    tags: ['Evaluations'],
    summary: 'Cancel an evaluation that runs, or delete one that has ended',
    description:
      'Its outcomes are deleted, too. A part that is being computed ends, and is not stored.',
    request: { params: evaluationPathSchema },
    responses: { 200: json('The evaluation is deleted.', deletedEvaluationSchema) },
  },
  policy: writePolicy('evaluate'),
  handler:
    ({ evaluations }) =>
    async (c) => {
      const { id, state } = await requireEvaluations(evaluations).delete(c.req.valid('param').id);
      return c.json({ id, state }, 200);
    },
});
