import { runPathSchema, runSummarySchema } from '../../contract/history.ts';
import { requireHistory } from '../../services/history/run-store.ts';
import { json } from '../http/openapi-responses.ts';
import { writePolicy } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';

export const deleteRun = defineRoute({
  contract: {
    method: 'delete',
    path: '/v1/runs/{id}',
    operationId: 'deleteRun',
    tags: ['History'],
    summary: 'Delete a stored run',
    description: 'Its points of trends are deleted, too, and its idempotency key is free again.',
    request: { params: runPathSchema },
    responses: { 200: json('The run is deleted.', runSummarySchema) },
  },
  policy: writePolicy('save'),
  handler:
    ({ history }) =>
    async (c) =>
      c.json(await requireHistory(history).delete(c.req.valid('param').id), 200),
});
