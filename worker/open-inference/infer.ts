import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import {
  inferencePathSchema,
  inferenceRequestSchema,
  inferenceResponseSchema,
  INFERENCE_LIMITS,
  JSON_LENGTH_HEADER,
  versionedPathSchema,
} from '../../contract/open-inference.ts';
import type { Models } from '../../services/models.ts';
import { runRawInference } from '../../services/raw-inference.ts';

import type { AppEnv } from '../http/app-env.ts';
import { COMPUTE_POST } from '../http/route-policy.ts';
import { defineRawRoute } from '../http/route.ts';
import { encodeInferenceBody, parseInferenceBody } from './tensor-body.ts';

const binary = z.string().meta({ format: 'binary' });

const contract = {
  method: 'post' as const,
  tags: ['Open Inference Protocol'],
  summary: 'Run a model on tensors',
  description:
    'Runs the graph of the model on the inputs that its metadata lists, with prompts encoded as in ' +
    '`task/batch.ts`. Tensors are JSON, or binary after the JSON (extension `binary_tensor_data`). The ' +
    'content type is ignored, because clients of Triton and KServe send none.',
  responses: {
    200: {
      description: 'The outputs.',
      content: {
        'application/json': { schema: inferenceResponseSchema },
        'application/octet-stream': { schema: binary },
      },
    },
  },
};

const body = {
  content: {
    'application/json': { schema: inferenceRequestSchema },
    'application/octet-stream': { schema: binary },
  },
};

const policy = { ...COMPUTE_POST, bodyBytes: INFERENCE_LIMITS.bodyBytes };

export const infer = defineRawRoute({
  contract: {
    ...contract,
    path: '/v2/models/{model}/infer',
    operationId: 'infer',
    request: { params: inferencePathSchema, body },
  },
  policy,
  handler:
    ({ models }) =>
    (c) =>
      answer(c, models, c.req.param('model') ?? ''),
});

export const inferVersion = defineRawRoute({
  contract: {
    ...contract,
    path: '/v2/models/{model}/versions/{version}/infer',
    operationId: 'inferVersion',
    request: { params: versionedPathSchema, body },
  },
  policy,
  handler:
    ({ models }) =>
    (c) =>
      answer(c, models, `${c.req.param('model')}@${c.req.param('version')}`),
});

async function answer(c: Context<AppEnv>, models: Models, reference: string): Promise<Response> {
  const card = await models.card(reference);
  const { timer } = c.var;
  const parsed = parseInferenceBody(await c.req.arrayBuffer(), c.req.header(JSON_LENGTH_HEADER));
  timer.markParsed();
  const outputs = await runRawInference(timer.measure(models), card, parsed.inputs);
  const names = { model_name: card.id, model_version: card.files.model.sha256 };
  const { body: bytes, headers } = encodeInferenceBody(parsed.request, names, outputs);
  return new Response(bytes, { headers });
}
