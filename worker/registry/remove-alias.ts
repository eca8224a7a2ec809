import { createRoute } from '@hono/zod-openapi';
import { noParametersSchema } from '../../contract/url-parameters.ts';
import { aliasPathSchema, registeredModelSchema } from '../../contract/registry.ts';
import { requireRegistry } from '../../services/registry/registry.ts';
import { json, problems } from '../http/openapi-responses.ts';
import type { Route } from '../services.ts';
import { needsToken } from '../middleware/authentication.ts';

const route = createRoute({
  method: 'delete',
  path: '/v1/registry/{id}/aliases/{alias}',
  operationId: 'removeAlias',
  tags: ['Registry'],
  summary: 'Remove an alias',
  description: 'Without `production`, the bare id means what was shipped.',
  security: needsToken,
  request: { params: aliasPathSchema, query: noParametersSchema },
  responses: { 200: json('The model without it.', registeredModelSchema), ...problems },
});

export const removeAlias: Route = (app, { registry }) =>
  app.openapi(route, async (c) => {
    const { id, alias } = c.req.valid('param');
    return c.json(await requireRegistry(registry).removeAlias(id, alias), 200);
  });
