import { modelPathSchema } from '../../contract/models.ts';
import { figureParametersSchema } from '../../contract/theme-locale.ts';
import { plotTraining } from '../../plots/training.ts';
import { ServiceError } from '../../services/service-error.ts';
import { svg } from '../http/openapi-responses.ts';
import { FIGURE } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';

export const getTrainingPlot = defineRoute({
  contract: {
    method: 'get',
    path: '/v1/models/{id}/training.svg',
    operationId: 'getTrainingPlot',
    tags: ['Models'],
    summary: 'Plot the training of a model',
    description:
      'Accuracy in and out of distribution by training step, the mechanism where it was measured, and ' +
      'the stages of the curriculum.',
    request: { params: modelPathSchema, query: figureParametersSchema },
    responses: { 200: svg('The plot.') },
  },
  policy: FIGURE,
  handler:
    ({ models }) =>
    async (c) => {
      const card = await models.card(c.req.valid('param').id);
      if (card.kind !== 'trained') {
        const detail = `model "${card.id}" was imported, so there is no record of its training`;
        throw new ServiceError('training-not-found', detail);
      }
      const plot = plotTraining(card, c.req.valid('query'));
      return c.body(plot, 200, { 'content-type': 'image/svg+xml' });
    },
});
