import { pairedComparisonSchema } from '../../contract/comparisons.ts';
import { compareEvaluationsSchema } from '../../contract/evaluations.ts';
import { compareEvaluations as compare } from '../../services/evaluations/compare-evaluations.ts';
import { requireEvaluations } from '../../services/evaluations/evaluations.ts';
import { json } from '../http/openapi-responses.ts';
import { READ } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';

export const compareEvaluations = defineRoute({
  contract: {
    method: 'get',
    path: '/v1/compare/evaluations',
    operationId: 'compareEvaluations',
    tags: ['Evaluations'],
    summary: 'Compare the models of two evaluations by their kept outcomes',
    description:
      'No model runs. Both must be done and have the same queries. Models are named by id and digest, ' +
      'and each model file is taken once.',
    request: { query: compareEvaluationsSchema },
    responses: { 200: json('The comparison.', pairedComparisonSchema) },
  },
  policy: READ,
  handler:
    ({ evaluations }) =>
    async (c) => {
      const { a, b } = c.req.valid('query');
      return c.json(await compare(requireEvaluations(evaluations).store, a, b), 200);
    },
});
