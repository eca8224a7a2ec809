import { registeredPathSchema, registryChangesSchema } from '../../contract/registry.ts';
import { requireRegistry } from '../../services/registry/registry.ts';
import { json } from '../http/openapi-responses.ts';
import { READ } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';

export const listChanges = defineRoute({
  contract: {
    method: 'get',
    path: '/v1/registry/{id}/changes',
    operationId: 'listChanges',
    tags: ['Registry'],
    summary: 'List who changed what, and when',
    description:
      'Every version published or deleted and every move of an alias, with the name of the write token ' +
      'and the digests before and after. The list may be some seconds old.',
    request: { params: registeredPathSchema },
    responses: { 200: json('The changes.', registryChangesSchema) },
  },
  policy: READ,
  handler:
    ({ registry }) =>
    async (c) => {
      const { id } = c.req.valid('param');
      return c.json({ changes: await requireRegistry(registry).changes(id) }, 200);
    },
});
