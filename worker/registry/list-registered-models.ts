import { registrySchema } from '../../contract/registry.ts';
import { requireRegistry } from '../../services/registry/registry.ts';
import { json } from '../http/openapi-responses.ts';
import { READ } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';

export const listRegisteredModels = defineRoute({
  contract: {
    method: 'get',
    path: '/v1/registry',
    operationId: 'listRegisteredModels',
    tags: ['Registry'],
    summary: 'List the published models',
    description:
      'The models with their versions and aliases; the list may be some seconds old. Wherever a request ' +
      'names a model, `id@3` selects a version, `id@canary` an alias, `id@5b616e2202dd` a digest, ' +
      '`id@shipped` the version deployed with the worker, and `id` alone the one in production.',
    responses: { 200: json('The models.', registrySchema) },
  },
  policy: READ,
  handler:
    ({ registry }) =>
    async (c) =>
      c.json({ models: await requireRegistry(registry).list() }, 200),
});
