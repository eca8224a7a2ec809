import { probePlotPathSchema } from '../../contract/probe-results.ts';
import { figureParametersSchema } from '../../contract/theme-locale.ts';
import { probedModel } from '../../services/probe-results.ts';
import { svg } from '../http/openapi-responses.ts';
import { FIGURE } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';
import { drawSection } from './section-plot.ts';

export const getProbePlot = defineRoute({
  contract: {
    method: 'get',
    path: '/v1/models/{id}/probes/{file}',
    operationId: 'getProbePlot',
    tags: ['Mechanism'],
    summary: 'Plot the results of a probe of a model',
    request: { params: probePlotPathSchema, query: figureParametersSchema },
    responses: { 200: svg('The plot.') },
  },
  policy: FIGURE,
  handler:
    ({ models }) =>
    async (c) => {
      const { id, file: section } = c.req.valid('param');
      const { probes } = await probedModel(models, id);
      const plot = drawSection(probes, section, c.req.valid('query'));
      return c.body(plot, 200, { 'content-type': 'image/svg+xml' });
    },
});
