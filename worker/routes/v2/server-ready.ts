import { createRoute } from '@hono/zod-openapi';
import { noParametersSchema } from '../../../contract/api.ts';
import { serverReadySchema } from '../../../contract/open-inference.ts';
import { requireReady } from '../../readiness.ts';
import { json, problems } from '../../responses.ts';
import type { Route } from '../../services.ts';

const route = createRoute({
  method: 'get',
  path: '/v2/health/ready',
  operationId: 'serverReady',
  tags: ['Open Inference Protocol'],
  summary: 'Whether every model answers',
  description: 'Each model is asked a query, now. 503 where one cannot be loaded.',
  request: { query: noParametersSchema },
  responses: { 200: json('All have answered.', serverReadySchema), ...problems },
});

export const serverReady: Route = (app, { models }) =>
  app.openapi(route, async (c) => {
    for (const card of await models.list()) await requireReady(models, card);
    return c.json({ live: true, ready: true }, 200);
  });
