import { listRunsSchema, runListSchema } from '../../contract/history.ts';
import { requireHistory } from '../../services/history/run-store.ts';
import { json } from '../http/openapi-responses.ts';
import { READ } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';

export const listRuns = defineRoute({
  contract: {
    method: 'get',
    path: '/v1/runs',
    operationId: 'listRuns',
    tags: ['History'],
    summary: 'List the stored runs',
    request: { query: listRunsSchema },
    responses: { 200: json('The runs without their results, newest first.', runListSchema) },
  },
  policy: READ,
  handler:
    ({ history }) =>
    async (c) => {
      const request = c.req.valid('query');
      const runs = await requireHistory(history).list(request);
      const last = runs.at(-1);
      const isFull = last !== undefined && runs.length === request.limit;
      const kind = request.kind ? `&kind=${request.kind}` : '';
      const next = isFull ? `/v1/runs?limit=${request.limit}${kind}&before=${last.id}` : null;
      return c.json({ runs, next }, 200);
    },
});
