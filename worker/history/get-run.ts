import { createRoute } from '@hono/zod-openapi';
import { noParametersSchema } from '../../contract/url-parameters.ts';
import { runPathSchema, runSchema } from '../../contract/history.ts';
import { requireHistory } from '../../services/history/run-store.ts';
import { json, problems } from '../http/openapi-responses.ts';
import type { Route } from '../services.ts';
import { IMMUTABLE } from '../http/http-cache.ts';

const route = createRoute({
  method: 'get',
  path: '/v1/runs/{id}',
  operationId: 'getRun',
  tags: ['History'],
  summary: 'One run',
  request: { params: runPathSchema, query: noParametersSchema },
  responses: { 200: json('With what was asked and what came out.', runSchema), ...problems },
});

export const getRun: Route = (app, { history }) =>
  app.openapi(route, async (c) => {
    const { id } = c.req.valid('param');
    const run = await requireHistory(history).get(id);
    // Runs never change.
    c.header('cache-control', IMMUTABLE);
    return c.json(run, 200);
  });
