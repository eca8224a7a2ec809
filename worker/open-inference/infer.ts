import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import {
  inferencePathSchema,
  inferenceRequestSchema,
  inferenceResponseSchema,
  JSON_LENGTH_HEADER,
  versionedPathSchema,
} from '../../contract/open-inference.ts';
import { ServiceError } from '../../services/service-error.ts';
import { runRawInference } from '../../services/raw-inference.ts';
import { problems } from '../http/openapi-responses.ts';
import type { ModelAccess } from '../../services/models.ts';
import type { AppEnv, Route } from '../services.ts';
import { encodeInferenceBody, parseInferenceBody } from './tensor-body.ts';

const binary = z.string().meta({ format: 'binary' });

const described = {
  method: 'post' as const,
  tags: ['Open Inference Protocol'],
  summary: 'Run a model on tensors',
  description:
    'The graph of the model with the inputs that its metadata lists, a batch of prompts laid out ' +
    'as `task/batch.ts` does. Tensors are JSON, or binary behind the JSON as the extension ' +
    '`binary_tensor_data` has it. Clients of Triton and KServe send no content type, so any will do.',
  responses: {
    200: {
      description: 'The outputs.',
      content: {
        'application/json': { schema: inferenceResponseSchema },
        'application/octet-stream': { schema: binary },
      },
    },
    ...problems,
  },
};

const body = {
  content: {
    'application/json': { schema: inferenceRequestSchema },
    'application/octet-stream': { schema: binary },
  },
};

const route = createRoute({
  ...described,
  path: '/v2/models/{model}/infer',
  operationId: 'infer',
  request: { params: inferencePathSchema, body },
});

const versionRoute = createRoute({
  ...described,
  path: '/v2/models/{model}/versions/{version}/infer',
  operationId: 'inferVersion',
  request: { params: versionedPathSchema, body },
});

export const infer: Route = (app, { models }) => {
  // Described, but parsed here: a binary body says what it is by another header than the type.
  for (const documented of [route, versionRoute]) {
    app.openAPIRegistry.registerPath(documented);
    app.post(documented.getRoutingPath(), (c) => answer(c, models));
  }
};

async function answer(c: Context<AppEnv>, models: ModelAccess): Promise<Response> {
  const { model, version } = c.req.param();
  const card = await models.card(version === undefined ? model : `${model}@${version}`);
  const encoding = c.req.header('content-encoding');
  if (encoding !== undefined && encoding !== 'identity') {
    throw new ServiceError('unsupported-media-type', 'send the body without content-encoding');
  }
  const parsed = parseInferenceBody(await c.req.arrayBuffer(), c.req.header(JSON_LENGTH_HEADER));
  c.var.clock.parsed();
  const outputs = await runRawInference(c.var.clock.watch(models), card, parsed.inputs);
  const names = { model_name: card.id, model_version: card.files.model.sha256 };
  const { body: bytes, headers } = encodeInferenceBody(parsed.request, names, outputs);
  return new Response(bytes, { headers });
}
