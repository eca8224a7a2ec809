import { mechanismPlotSchema } from '../../contract/embeds.ts';
import { plotMechanism } from '../../plots/mechanism.ts';
import { measuredMechanism } from '../../services/mechanism.ts';
import { svg } from '../http/openapi-responses.ts';
import { FIGURE } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';

export const getMechanismPlot = defineRoute({
  contract: {
    method: 'get',
    path: '/v1/probes/compare.svg',
    operationId: 'getMechanismPlot',
    tags: ['Mechanism'],
    summary: 'Plot the interchange results of models',
    request: { query: mechanismPlotSchema },
    responses: { 200: svg('For each model and layer, how patches change the answer.') },
  },
  policy: FIGURE,
  handler:
    ({ models }) =>
    async (c) => {
      const { theme, locale, width, ...request } = c.req.valid('query');
      const measured = await measuredMechanism(models, request);
      const plot = plotMechanism({ models: measured, style: { theme, locale, width } });
      return c.body(plot, 200, { 'content-type': 'image/svg+xml' });
    },
});
