import { trendResponseSchema, trendSchema } from '../../contract/history.ts';
import { requireHistory } from '../../services/history/run-store.ts';
import { trendOf } from '../../services/history/trend.ts';
import { json } from '../http/openapi-responses.ts';
import { READ } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';

export const getTrend = defineRoute({
  contract: {
    method: 'get',
    path: '/v1/trend',
    operationId: 'getTrend',
    tags: ['History'],
    summary: 'Follow a metric of a model over the stored runs',
    request: { query: trendSchema },
    responses: {
      200: json('One point for each run, with 95 % Wilson intervals.', trendResponseSchema),
    },
  },
  policy: READ,
  handler:
    ({ history, models }) =>
    async (c) =>
      c.json(await trendOf(requireHistory(history), models, c.req.valid('query')), 200),
});
