import { serverMetadataSchema } from '../../contract/open-inference.ts';
import { CODE_VERSION } from '../code-version.ts';
import { json } from '../http/openapi-responses.ts';
import { READ } from '../http/route-policy.ts';
import { defineRawRoute, defineRoute } from '../http/route.ts';

const contract = {
  method: 'get' as const,
  operationId: 'serverMetadata',
  tags: ['Open Inference Protocol'],
  summary: 'Get name, version and extensions of the server',
  responses: { 200: json('Name, version and extensions.', serverMetadataSchema) },
};

const METADATA = {
  name: 'bindscope',
  version: CODE_VERSION,
  extensions: ['binary_tensor_data'],
};

export const serverMetadata = defineRoute({
  contract: { ...contract, path: '/v2' },
  policy: READ,
  handler: () => (c) => c.json(METADATA, 200),
});

/** The OpenAPI document of the protocol writes the path with a slash. */
export const serverMetadataWithSlash = defineRawRoute({
  contract: { ...contract, path: '/v2/', hide: true },
  policy: READ,
  handler: () => (c) => c.json(METADATA, 200),
});
