import {
  inferencePathSchema,
  modelMetadataSchema,
  versionedPathSchema,
} from '../../contract/open-inference.ts';
import { modelMetadata as metadataOf } from '../../services/raw-inference.ts';
import { json } from '../http/openapi-responses.ts';
import { READ } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';

const contract = {
  method: 'get' as const,
  tags: ['Open Inference Protocol'],
  summary: 'Get the inputs and outputs of a model',
  responses: { 200: json('The tensors and the version.', modelMetadataSchema) },
};

export const modelMetadata = defineRoute({
  contract: {
    ...contract,
    path: '/v2/models/{model}',
    operationId: 'modelMetadata',
    request: { params: inferencePathSchema },
  },
  policy: READ,
  handler:
    ({ models }) =>
    async (c) =>
      c.json(metadataOf(await models.card(c.req.valid('param').model)), 200),
});

export const modelVersionMetadata = defineRoute({
  contract: {
    ...contract,
    path: '/v2/models/{model}/versions/{version}',
    operationId: 'modelVersionMetadata',
    request: { params: versionedPathSchema },
  },
  policy: READ,
  handler:
    ({ models }) =>
    async (c) => {
      const { model, version } = c.req.valid('param');
      return c.json(metadataOf(await models.card(`${model}@${version}`)), 200);
    },
});
