import { createRoute } from '@hono/zod-openapi';
import { noParametersSchema } from '../../contract/url-parameters.ts';
import { publishedVersionPathSchema, publishedVersionSchema } from '../../contract/registry.ts';
import { requireRegistry } from '../../services/registry/registry.ts';
import { json, problems } from '../http/openapi-responses.ts';
import type { Route } from '../services.ts';

const route = createRoute({
  method: 'get',
  path: '/v1/registry/{id}/versions/{version}',
  operationId: 'getPublishedVersion',
  tags: ['Registry'],
  summary: 'One version',
  description: 'Its card is at `/v1/models/{id}@{version}`.',
  request: { params: publishedVersionPathSchema, query: noParametersSchema },
  responses: {
    200: json('When it was published, and its files.', publishedVersionSchema),
    ...problems,
  },
});

export const getPublishedVersion: Route = (app, { registry }) =>
  app.openapi(route, async (c) => {
    const { id, version } = c.req.valid('param');
    return c.json(await requireRegistry(registry).version(id, version), 200);
  });
