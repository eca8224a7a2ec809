import { createRoute } from '@hono/zod-openapi';
import { noParametersSchema } from '../../contract/url-parameters.ts';
import { serverLiveSchema } from '../../contract/open-inference.ts';
import { json, problems } from '../http/openapi-responses.ts';
import type { Route } from '../services.ts';

const route = createRoute({
  method: 'get',
  path: '/v2/health/live',
  operationId: 'serverLive',
  tags: ['Open Inference Protocol'],
  summary: 'Whether the worker runs',
  request: { query: noParametersSchema },
  responses: { 200: json('It does.', serverLiveSchema), ...problems },
});

export const serverLive: Route = (app) => app.openapi(route, (c) => c.json({ live: true }, 200));
