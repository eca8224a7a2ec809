import { createRoute, z } from '@hono/zod-openapi';
import { probePlotPathSchema } from '../../contract/interventions.ts';
import { figureParametersSchema } from '../../contract/theme-locale.ts';
import { probedModel } from '../../services/probe-results.ts';
import { drawSection } from './section-plot.ts';
import { problems } from '../http/openapi-responses.ts';
import type { Route } from '../services.ts';

const route = createRoute({
  method: 'get',
  path: '/v1/models/{id}/probes/{file}',
  operationId: 'getProbePlot',
  tags: ['Mechanism'],
  summary: 'What a probe found in a model, as a plot',
  request: { params: probePlotPathSchema, query: figureParametersSchema },
  responses: {
    200: {
      description: 'The plot, light or dark as the reader prefers.',
      content: { 'image/svg+xml': { schema: z.string() } },
    },
    ...problems,
  },
});

export const getProbePlot: Route = (app, { models }) =>
  app.openapi(route, async (c) => {
    const { id, file: section } = c.req.valid('param');
    const { probes } = await probedModel(models, id);
    const svg = drawSection(probes, section, c.req.valid('query').theme);
    return c.body(svg, 200, { 'content-type': 'image/svg+xml' });
  });
