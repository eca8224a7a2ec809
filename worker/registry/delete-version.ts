import { publishedVersionPathSchema, registeredModelSchema } from '../../contract/registry.ts';
import { requireRegistry } from '../../services/registry/registry.ts';
import { json } from '../http/openapi-responses.ts';
import { writePolicy } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';
import { requireScope } from '../middleware/authentication.ts';

export const deleteVersion = defineRoute({
  contract: {
    method: 'delete',
    path: '/v1/registry/{id}/versions/{version}',
    operationId: 'deleteVersion',
    tags: ['Registry'],
    summary: 'Delete a version that no alias points at',
    description: 'This cannot be undone. The number of the version is not used again.',
    request: { params: publishedVersionPathSchema },
    responses: { 200: json('The model without the version.', registeredModelSchema) },
  },
  policy: writePolicy('delete'),
  handler:
    ({ registry }) =>
    async (c) => {
      const { id, version } = c.req.valid('param');
      return c.json(
        await requireRegistry(registry).deleteVersion(requireScope(c, 'delete').name, id, version),
        200,
      );
    },
});
