import { evaluationListSchema, listEvaluationsSchema } from '../../contract/evaluations.ts';
import { cursorOf } from '../../services/evaluations/evaluation-rows.ts';
import { requireEvaluations } from '../../services/evaluations/evaluations.ts';
import { nextPage } from '../http/next-page.ts';
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
      const request = c.req.valid('query');
      const page = await store.list(request);
      const cursors = page.map((evaluation) => ({ id: cursorOf(evaluation) }));
      const next = nextPage('/v1/evaluations', request, cursors, 'before');
      return c.json({ evaluations: page, next }, 200);
    },
});
