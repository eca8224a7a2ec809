import {
  aliasPathSchema,
  registeredModelSchema,
  rollBackRequestSchema,
} from '../../contract/registry.ts';
import { requireRegistry } from '../../services/registry/registry.ts';
import { json, jsonBody } from '../http/openapi-responses.ts';
import { WRITE } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';

export const rollBackAlias = defineRoute({
  contract: {
    method: 'post',
    path: '/v1/registry/{id}/aliases/{alias}/rollback',
    operationId: 'rollBackAlias',
    tags: ['Registry'],
    summary: 'Point an alias at its previous version',
    request: { params: aliasPathSchema, body: jsonBody(rollBackRequestSchema) },
    responses: { 200: json('The model with the changed alias.', registeredModelSchema) },
  },
  policy: WRITE,
  handler:
    ({ registry }) =>
    async (c) => {
      const { id, alias } = c.req.valid('param');
      const { from } = c.req.valid('json');
      return c.json(await requireRegistry(registry).rollBack(id, alias, from), 200);
    },
});
