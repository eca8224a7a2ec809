import { createRoute } from '@hono/zod-openapi';
import { noParametersSchema } from '../../contract/url-parameters.ts';
import {
  inferencePathSchema,
  modelMetadataSchema,
  versionedPathSchema,
} from '../../contract/open-inference.ts';
import { modelMetadata as metadataOf } from '../../services/raw-inference.ts';
import { json, problems } from '../http/openapi-responses.ts';
import type { Route } from '../services.ts';

const described = {
  method: 'get' as const,
  tags: ['Open Inference Protocol'],
  summary: "A model's inputs and outputs",
  responses: { 200: json('The tensors, and the version.', modelMetadataSchema), ...problems },
};

const route = createRoute({
  ...described,
  path: '/v2/models/{model}',
  operationId: 'modelMetadata',
  request: { params: inferencePathSchema, query: noParametersSchema },
});

const versionRoute = createRoute({
  ...described,
  path: '/v2/models/{model}/versions/{version}',
  operationId: 'modelVersionMetadata',
  request: { params: versionedPathSchema, query: noParametersSchema },
});

export const modelMetadata: Route = (app, { models }) => {
  app.openapi(route, async (c) =>
    c.json(metadataOf(await models.card(c.req.valid('param').model)), 200),
  );
  app.openapi(versionRoute, async (c) => {
    const { model, version } = c.req.valid('param');
    return c.json(metadataOf(await models.card(`${model}@${version}`)), 200);
  });
};
