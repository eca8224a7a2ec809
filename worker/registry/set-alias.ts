import {
  aliasPathSchema,
  promoteRequestSchema,
  registeredModelSchema,
} from '../../contract/registry.ts';
import { requireRegistry } from '../../services/registry/registry.ts';
import { json, jsonBody } from '../http/openapi-responses.ts';
import { writePolicy } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';
import { requireScope } from '../middleware/authentication.ts';

export const setAlias = defineRoute({
  contract: {
    method: 'put',
    path: '/v1/registry/{id}/aliases/{alias}',
    operationId: 'setAlias',
    tags: ['Registry'],
    summary: 'Point an alias at a version',
    description:
      'The bare id selects the version of `production`; the version `shipped` is the file deployed with ' +
      'the worker. Other locations see a change within seconds.',
    request: { params: aliasPathSchema, body: jsonBody(promoteRequestSchema) },
    responses: { 200: json('The model with the alias.', registeredModelSchema) },
  },
  policy: writePolicy('promote'),
  handler:
    ({ registry }) =>
    async (c) => {
      const { id, alias } = c.req.valid('param');
      const { version, from } = c.req.valid('json');
      return c.json(
        await requireRegistry(registry).promote(
          requireScope(c, 'promote').name,
          { id, alias },
          version,
          from,
        ),
        200,
      );
    },
});
