import { listRunsSchema, runListSchema } from '../../contract/history.ts';
import { requireHistory } from '../../services/history/run-store.ts';
import { json } from '../http/openapi-responses.ts';
import { READ } from '../http/route-policy.ts';
import { nextPage } from '../http/next-page.ts';
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
      return c.json({ runs, next: nextPage('/v1/runs', request, runs, 'before') }, 200);
    },
});
