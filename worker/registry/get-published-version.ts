import { publishedVersionPathSchema, publishedVersionSchema } from '../../contract/registry.ts';
import { requireRegistry } from '../../services/registry/registry.ts';
import { json } from '../http/openapi-responses.ts';
import { READ } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';

export const getPublishedVersion = defineRoute({
  contract: {
    method: 'get',
    path: '/v1/registry/{id}/versions/{version}',
    operationId: 'getPublishedVersion',
    tags: ['Registry'],
    summary: 'Get a published version',
    description: 'Its card is at `/v1/models/{id}@{version}`.',
    request: { params: publishedVersionPathSchema },
    responses: { 200: json('The version and its files.', publishedVersionSchema) },
  },
  policy: READ,
  handler:
    ({ registry }) =>
    async (c) => {
      const { id, version } = c.req.valid('param');
      return c.json(await requireRegistry(registry).version(id, version), 200);
    },
});
