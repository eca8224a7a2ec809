import { createRoute } from '@hono/zod-openapi';
import { noParametersSchema } from '../../contract/url-parameters.ts';
import { serverMetadataSchema } from '../../contract/open-inference.ts';
import { CODE_VERSION } from '../code-version.ts';
import { json, problems } from '../http/openapi-responses.ts';
import type { Route } from '../services.ts';

const route = createRoute({
  method: 'get',
  path: '/v2',
  operationId: 'serverMetadata',
  tags: ['Open Inference Protocol'],
  summary: 'What server this is',
  request: { query: noParametersSchema },
  responses: { 200: json('Name, version, extensions.', serverMetadataSchema), ...problems },
});

const METADATA = {
  name: 'bindscope',
  version: CODE_VERSION,
  extensions: ['binary_tensor_data'],
};

export const serverMetadata: Route = (app) => {
  app.openapi(route, (c) => c.json(METADATA, 200));
  // The protocol's OpenAPI document writes it so.
  app.get('/v2/', (c) => c.json(METADATA, 200));
};
