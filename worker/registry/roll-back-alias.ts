import { createRoute } from '@hono/zod-openapi';
import { noParametersSchema } from '../../contract/url-parameters.ts';
import {
  aliasPathSchema,
  registeredModelSchema,
  rollBackRequestSchema,
} from '../../contract/registry.ts';
import { requireRegistry } from '../../services/registry/registry.ts';
import { json, problems } from '../http/openapi-responses.ts';
import type { Route } from '../services.ts';
import { needsToken } from '../middleware/authentication.ts';

const route = createRoute({
  method: 'post',
  path: '/v1/registry/{id}/aliases/{alias}/rollback',
  operationId: 'rollBackAlias',
  tags: ['Registry'],
  summary: 'Point an alias back at what it pointed at before',
  security: needsToken,
  request: {
    params: aliasPathSchema,
    query: noParametersSchema,
    body: { required: true, content: { 'application/json': { schema: rollBackRequestSchema } } },
  },
  responses: { 200: json('The model with it.', registeredModelSchema), ...problems },
});

export const rollBackAlias: Route = (app, { registry }) =>
  app.openapi(route, async (c) => {
    const { id, alias } = c.req.valid('param');
    const { from } = c.req.valid('json');
    return c.json(await requireRegistry(registry).rollBack(id, alias, from), 200);
  });
