import {
  aliasPathSchema,
  registeredModelSchema,
  rollBackRequestSchema,
} from '../../contract/registry.ts';
import { requireRegistry } from '../../services/registry/registry.ts';
import { json, jsonBody } from '../http/openapi-responses.ts';
import { writePolicy } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';
import { requireScope } from '../middleware/authentication.ts';

export const rollBackAlias = defineRoute({
  contract: {
    method: 'post',
    path: '/v1/registry/{id}/aliases/{alias}/rollback',
    operationId: 'rollBackAlias',
    tags: ['Registry'],
    summary: 'Point an alias at its previous version',
    description:
      'Before the first version of `production` is the file deployed with the worker, if there is one.',
    request: { params: aliasPathSchema, body: jsonBody(rollBackRequestSchema) },
    responses: { 200: json('The model with the changed alias.', registeredModelSchema) },
  },
  policy: writePolicy('promote'),
  handler:
    ({ registry }) =>
    async (c) => {
      const { id, alias } = c.req.valid('param');
      const { from } = c.req.valid('json');
      return c.json(
        await requireRegistry(registry).rollBack(
          requireScope(c, 'promote').name,
          { id, alias },
          from,
        ),
        200,
      );
    },
});
