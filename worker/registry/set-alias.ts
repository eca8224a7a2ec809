import { createRoute } from '@hono/zod-openapi';
import { noParametersSchema } from '../../contract/url-parameters.ts';
import {
  aliasPathSchema,
  promoteRequestSchema,
  registeredModelSchema,
} from '../../contract/registry.ts';
import { requireRegistry } from '../../services/registry/registry.ts';
import { json, problems } from '../http/openapi-responses.ts';
import type { Route } from '../services.ts';
import { needsToken } from '../middleware/authentication.ts';

const route = createRoute({
  method: 'put',
  path: '/v1/registry/{id}/aliases/{alias}',
  operationId: 'pointAlias',
  tags: ['Registry'],
  summary: 'Point an alias at a version',
  description: '`production` is what the bare id means. Seen everywhere within some seconds.',
  security: needsToken,
  request: {
    params: aliasPathSchema,
    query: noParametersSchema,
    body: { required: true, content: { 'application/json': { schema: promoteRequestSchema } } },
  },
  responses: { 200: json('The model with it.', registeredModelSchema), ...problems },
});

export const pointAlias: Route = (app, { registry }) =>
  app.openapi(route, async (c) => {
    const { id, alias } = c.req.valid('param');
    const { version, from } = c.req.valid('json');
    return c.json(await requireRegistry(registry).promote(id, alias, version, from), 200);
  });
