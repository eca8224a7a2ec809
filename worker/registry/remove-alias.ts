import { aliasPathSchema, registeredModelSchema } from '../../contract/registry.ts';
import { requireRegistry } from '../../services/registry/registry.ts';
import { json } from '../http/openapi-responses.ts';
import { writePolicy } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';
import { requireScope } from '../middleware/authentication.ts';

export const removeAlias = defineRoute({
  contract: {
    method: 'delete',
    path: '/v1/registry/{id}/aliases/{alias}',
    operationId: 'removeAlias',
    tags: ['Registry'],
    summary: 'Remove an alias',
    description: 'Without the alias `production`, the bare id selects the shipped version.',
    request: { params: aliasPathSchema },
    responses: { 200: json('The model without the alias.', registeredModelSchema) },
  },
  policy: writePolicy('promote'),
  handler:
    ({ registry }) =>
    async (c) => {
      const { id, alias } = c.req.valid('param');
      return c.json(
        await requireRegistry(registry).removeAlias(requireScope(c, 'promote').name, { id, alias }),
        200,
      );
    },
});
