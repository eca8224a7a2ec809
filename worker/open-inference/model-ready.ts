import {
  inferencePathSchema,
  modelReadySchema,
  versionedPathSchema,
} from '../../contract/open-inference.ts';
import type { Models } from '../../services/models.ts';
import { requireReady } from '../../services/readiness.ts';
import { json } from '../http/openapi-responses.ts';
import { COMPUTE } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';

const contract = {
  method: 'get' as const,
  tags: ['Open Inference Protocol'],
  summary: 'Check whether a model answers',
  description: 'The model answers a query now. 503 where it cannot be loaded.',
  responses: { 200: json('The model has answered.', modelReadySchema) },
};

export const modelReady = defineRoute({
  contract: {
    ...contract,
    path: '/v2/models/{model}/ready',
    operationId: 'modelReady',
    request: { params: inferencePathSchema },
  },
  policy: COMPUTE,
  handler:
    ({ models }) =>
    async (c) =>
      c.json(await readinessOf(models, c.req.valid('param').model), 200),
});

export const modelVersionReady = defineRoute({
  contract: {
    ...contract,
    path: '/v2/models/{model}/versions/{version}/ready',
    operationId: 'modelVersionReady',
    request: { params: versionedPathSchema },
  },
  policy: COMPUTE,
  handler:
    ({ models }) =>
    async (c) => {
      const { model, version } = c.req.valid('param');
      return c.json(await readinessOf(models, `${model}@${version}`), 200);
    },
});

async function readinessOf(models: Models, reference: string) {
  const card = await models.card(reference);
  await requireReady(models, card);
  return { name: card.id, ready: true };
}
