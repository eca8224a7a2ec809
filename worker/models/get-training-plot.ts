import { createRoute, z } from '@hono/zod-openapi';
import { modelPathSchema } from '../../contract/models.ts';
import { figureParametersSchema } from '../../contract/theme-locale.ts';
import { plotTraining } from '../../plots/training.ts';
import { ServiceError } from '../../services/service-error.ts';
import { problems } from '../http/openapi-responses.ts';
import type { Route } from '../services.ts';

const route = createRoute({
  method: 'get',
  path: '/v1/models/{id}/training.svg',
  operationId: 'getTrainingPlot',
  tags: ['Models'],
  summary: 'How a model was trained, as a plot',
  description:
    'Accuracy as in training and beyond it, and the mechanism where it was read, against steps, with ' +
    'the stages marked.',
  request: { params: modelPathSchema, query: figureParametersSchema },
  responses: {
    200: {
      description: 'The plot, light or dark as the reader prefers.',
      content: { 'image/svg+xml': { schema: z.string() } },
    },
    ...problems,
  },
});

export const getTrainingPlot: Route = (app, { models }) =>
  app.openapi(route, async (c) => {
    const card = await models.card(c.req.valid('param').id);
    if (card.kind !== 'trained') {
      const detail = `model "${card.id}" was imported: it has no record of its training`;
      throw new ServiceError('training-not-found', detail);
    }
    const svg = plotTraining(card, c.req.valid('query').theme);
    return c.body(svg, 200, { 'content-type': 'image/svg+xml' });
  });
