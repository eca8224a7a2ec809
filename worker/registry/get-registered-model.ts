import { registeredModelSchema, registeredPathSchema } from '../../contract/registry.ts';
import { requireRegistry } from '../../services/registry/registry.ts';
import { json } from '../http/openapi-responses.ts';
import { READ } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';

export const getRegisteredModel = defineRoute({
  contract: {
    method: 'get',
    path: '/v1/registry/{id}',
    operationId: 'getRegisteredModel',
    tags: ['Registry'],
    summary: 'Get the versions and aliases of a model',
    request: { params: registeredPathSchema },
    responses: { 200: json('The versions and aliases.', registeredModelSchema) },
  },
  policy: READ,
  handler:
    ({ registry }) =>
    async (c) =>
      c.json(await requireRegistry(registry).model(c.req.valid('param').id), 200),
});
