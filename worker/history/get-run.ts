import { runPathSchema, runSchema } from '../../contract/history.ts';
import { requireHistory } from '../../services/history/run-store.ts';
import { json } from '../http/openapi-responses.ts';
import { READ } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';

export const getRun = defineRoute({
  contract: {
    method: 'get',
    path: '/v1/runs/{id}',
    operationId: 'getRun',
    tags: ['History'],
    summary: 'Get a stored run',
    request: { params: runPathSchema },
    responses: { 200: json('The run, with its request and its result.', runSchema) },
  },
  policy: READ,
  handler:
    ({ history }) =>
    async (c) =>
      c.json(await requireHistory(history).get(c.req.valid('param').id), 200),
});
