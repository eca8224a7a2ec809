import { createRoute, z } from '@hono/zod-openapi';
import { embedMechanismSchema } from '../../contract/embeds.ts';
import { plotMechanism } from '../../plots/mechanism.ts';
import { measuredMechanism } from '../../services/mechanism.ts';
import { problems } from '../http/openapi-responses.ts';
import type { Route } from '../services.ts';

const route = createRoute({
  method: 'get',
  path: '/v1/probes/compare.svg',
  operationId: 'getMechanismPlot',
  tags: ['Mechanism'],
  summary: 'What interchange found, model by model, as a figure',
  request: { query: embedMechanismSchema },
  responses: {
    200: {
      description: 'Of each layer, where a patch there moves the answer.',
      content: { 'image/svg+xml': { schema: z.string() } },
    },
    ...problems,
  },
});

export const getMechanismPlot: Route = (app, { models }) =>
  app.openapi(route, async (c) => {
    const { theme, locale, ...request } = c.req.valid('query');
    const found = await measuredMechanism(models, request);
    const svg = plotMechanism({ models: found, locale, theme });
    return c.body(svg, 200, { 'content-type': 'image/svg+xml' });
  });
