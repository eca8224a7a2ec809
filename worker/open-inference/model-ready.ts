import { createRoute } from '@hono/zod-openapi';
import { noParametersSchema } from '../../contract/url-parameters.ts';
import {
  inferencePathSchema,
  modelReadySchema,
  versionedPathSchema,
} from '../../contract/open-inference.ts';
import { requireReady } from '../../services/readiness.ts';
import { json, problems } from '../http/openapi-responses.ts';
import type { Route } from '../services.ts';

const described = {
  method: 'get' as const,
  tags: ['Open Inference Protocol'],
  summary: 'Whether a model answers',
  description: 'The model is asked a query, now. 503 where it cannot be loaded.',
  responses: { 200: json('It has answered.', modelReadySchema), ...problems },
};

const route = createRoute({
  ...described,
  path: '/v2/models/{model}/ready',
  operationId: 'modelReady',
  request: { params: inferencePathSchema, query: noParametersSchema },
});

const versionRoute = createRoute({
  ...described,
  path: '/v2/models/{model}/versions/{version}/ready',
  operationId: 'modelVersionReady',
  request: { params: versionedPathSchema, query: noParametersSchema },
});

export const modelReady: Route = (app, { models }) => {
  const answer = async (model: string, version?: string) => {
    const card = await models.card(version === undefined ? model : `${model}@${version}`);
    await requireReady(models, card);
    return { name: card.id, ready: true };
  };
  app.openapi(route, async (c) => c.json(await answer(c.req.valid('param').model), 200));
  app.openapi(versionRoute, async (c) => {
    const { model, version } = c.req.valid('param');
    return c.json(await answer(model, version), 200);
  });
};
