import { createRoute } from '@hono/zod-openapi';
import { noParametersSchema } from '../../contract/url-parameters.ts';
import { registrySchema } from '../../contract/registry.ts';
import { requireRegistry } from '../../services/registry/registry.ts';
import { json, problems } from '../http/openapi-responses.ts';
import type { Route } from '../services.ts';

const route = createRoute({
  method: 'get',
  path: '/v1/registry',
  operationId: 'listRegistered',
  tags: ['Registry'],
  summary: 'What has been published',
  description:
    'Models with their versions and aliases, up to some seconds old. Wherever a request names a ' +
    'model, `id@3` means a version, `id@canary` an alias, `id@5b616e2202dd` a digest, `id@shipped` ' +
    'what came with the deployment, and `id` alone what is in production.',
  request: { query: noParametersSchema },
  responses: { 200: json('The models.', registrySchema), ...problems },
});

export const listRegistered: Route = (app, { registry }) =>
  app.openapi(route, async (c) => c.json({ models: await requireRegistry(registry).list() }, 200));
