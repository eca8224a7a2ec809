import { accuracyPlotSchema } from '../../contract/embeds.ts';
import { plotAccuracy } from '../../plots/accuracy.ts';
import { conditionTitle } from '../../plots/labels.ts';
import { measuredAccuracy } from '../../services/accuracy.ts';
import { svg } from '../http/openapi-responses.ts';
import { FIGURE } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';

export const getAccuracyPlot = defineRoute({
  contract: {
    method: 'get',
    path: '/v1/accuracy.svg',
    operationId: 'getAccuracyPlot',
    tags: ['Evaluation'],
    summary: 'Plot the measured accuracy of models',
    request: { query: accuracyPlotSchema },
    responses: { 200: svg('Curves with 95 % intervals, and a legend with the counts.') },
  },
  policy: FIGURE,
  handler:
    ({ models }) =>
    async (c) => {
      const { theme, locale, width, ...request } = c.req.valid('query');
      const accuracies = await measuredAccuracy(models, request);
      const plot = plotAccuracy({
        title: conditionTitle(request, locale),
        accuracies,
        style: { theme, locale, width },
      });
      return c.body(plot, 200, { 'content-type': 'image/svg+xml' });
    },
});
