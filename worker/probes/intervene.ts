import { createRoute } from '@hono/zod-openapi';
import { noParametersSchema } from '../../contract/url-parameters.ts';
import {
  interventionRequestSchema,
  interventionResponseSchema,
} from '../../contract/interventions.ts';
import { runIntervention } from '../../services/intervention.ts';
import { json, problems } from '../http/openapi-responses.ts';
import type { Route } from '../services.ts';
import { runSweep } from '../../services/layer-sweep.ts';

const route = createRoute({
  method: 'post',
  path: '/v1/interventions',
  operationId: 'intervene',
  tags: ['Mechanism'],
  summary: 'Patch one run of a model into another',
  description:
    'An interchange intervention takes activations from a counterfactual run into the original one; ' +
    'the answer says what they carried. One pair, given or drawn; or a sweep of all layers over many.',
  request: {
    query: noParametersSchema,
    body: {
      required: true,
      content: { 'application/json': { schema: interventionRequestSchema } },
    },
  },
  responses: {
    200: json('What each patch did, or what a sweep of them did.', interventionResponseSchema),
    ...problems,
  },
});

export const intervene: Route = (app, { models }) =>
  app.openapi(route, async (c) => {
    const request = c.req.valid('json');
    if ('sweep' in request) return c.json(await runSweep(models, request), 200);
    return c.json(await runIntervention(models, request), 200);
  });
