import { createRoute } from '@hono/zod-openapi';
import { trendResponseSchema, trendSchema } from '../../contract/history.ts';
import { requireHistory } from '../../services/history/run-store.ts';
import { trendOf } from '../../services/history/trend.ts';
import { json, problems } from '../http/openapi-responses.ts';
import type { Route } from '../services.ts';

const route = createRoute({
  method: 'get',
  path: '/v1/trend',
  operationId: 'getTrend',
  tags: ['History'],
  summary: 'A metric of a model over the runs that were kept',
  request: { query: trendSchema },
  responses: {
    200: json('A point a run, with 95 % Wilson intervals.', trendResponseSchema),
    ...problems,
  },
});

export const getTrend: Route = (app, { history }) =>
  app.openapi(route, async (c) =>
    c.json(await trendOf(requireHistory(history), c.req.valid('query')), 200),
  );
