import { createRoute } from '@hono/zod-openapi';
import { compareProbesResponseSchema, compareProbesSchema } from '../../contract/interventions.ts';
import { compareProbes as compare } from '../../services/probe-results.ts';
import { json, problems } from '../http/openapi-responses.ts';
import type { Route } from '../services.ts';

const route = createRoute({
  method: 'get',
  path: '/v1/probes/compare',
  operationId: 'compareProbes',
  tags: ['Mechanism'],
  summary: 'What the probes found, side by side',
  description: 'Symbolic against positional outcomes, and accuracy beyond training, by model.',
  request: { query: compareProbesSchema },
  responses: {
    200: json('The models, condition by condition.', compareProbesResponseSchema),
    ...problems,
  },
});

export const compareProbes: Route = (app, { models }) =>
  app.openapi(route, async (c) => c.json(await compare(models, c.req.valid('query').models), 200));
