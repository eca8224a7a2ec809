import { createRoute } from '@hono/zod-openapi';
import { noParametersSchema } from '../../contract/url-parameters.ts';
import { publishedVersionPathSchema, registeredModelSchema } from '../../contract/registry.ts';
import { requireRegistry } from '../../services/registry/registry.ts';
import { json, problems } from '../http/openapi-responses.ts';
import type { Route } from '../services.ts';
import { needsToken } from '../middleware/authentication.ts';

const route = createRoute({
  method: 'delete',
  path: '/v1/registry/{id}/versions/{version}',
  operationId: 'deleteVersion',
  tags: ['Registry'],
  summary: 'Delete a version that no alias points at',
  description: 'For good; its number is not given out again.',
  security: needsToken,
  request: { params: publishedVersionPathSchema, query: noParametersSchema },
  responses: { 200: json('The model without it.', registeredModelSchema), ...problems },
});

export const deleteVersion: Route = (app, { registry }) =>
  app.openapi(route, async (c) => {
    const { id, version } = c.req.valid('param');
    return c.json(await requireRegistry(registry).deleteVersion(id, version), 200);
  });
