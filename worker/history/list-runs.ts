import { createRoute } from '@hono/zod-openapi';
import { listRunsSchema, runListSchema } from '../../contract/history.ts';
import { requireHistory } from '../../services/history/run-store.ts';
import { json, problems } from '../http/openapi-responses.ts';
import type { Route } from '../services.ts';

const route = createRoute({
  method: 'get',
  path: '/v1/runs',
  operationId: 'listRuns',
  tags: ['History'],
  summary: 'What has been kept',
  request: { query: listRunsSchema },
  responses: { 200: json('Runs without their results.', runListSchema), ...problems },
});

export const listRuns: Route = (app, { history }) =>
  app.openapi(route, async (c) => {
    const request = c.req.valid('query');
    const runs = await requireHistory(history).list(request);
    const last = runs.at(-1);
    const full = last !== undefined && runs.length === request.limit;
    const kind = request.kind ? `&kind=${request.kind}` : '';
    const next = full ? `/v1/runs?limit=${request.limit}${kind}&before=${last.id}` : null;
    return c.json({ runs, next }, 200);
  });
