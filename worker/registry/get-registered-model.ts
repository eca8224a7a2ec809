import { createRoute } from '@hono/zod-openapi';
import { noParametersSchema } from '../../contract/url-parameters.ts';
import { registeredModelSchema, registeredPathSchema } from '../../contract/registry.ts';
import { requireRegistry } from '../../services/registry/registry.ts';
import { json, problems } from '../http/openapi-responses.ts';
import type { Route } from '../services.ts';

const route = createRoute({
  method: 'get',
  path: '/v1/registry/{id}',
  operationId: 'getRegistered',
  tags: ['Registry'],
  summary: 'One published model',
  request: { params: registeredPathSchema, query: noParametersSchema },
  responses: { 200: json('Its versions and aliases.', registeredModelSchema), ...problems },
});

export const getRegistered: Route = (app, { registry }) =>
  app.openapi(route, async (c) =>
    c.json(await requireRegistry(registry).model(c.req.valid('param').id), 200),
  );
