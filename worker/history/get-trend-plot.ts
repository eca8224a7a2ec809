import { trendPlotSchema } from '../../contract/history.ts';
import { plotTrend } from '../../plots/trend.ts';
import { requireHistory } from '../../services/history/run-store.ts';
import { trendOf } from '../../services/history/trend.ts';
import { svg } from '../http/openapi-responses.ts';
import { FIGURE } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';

export const getTrendPlot = defineRoute({
  contract: {
    method: 'get',
    path: '/v1/trend.svg',
    operationId: 'getTrendPlot',
    tags: ['History'],
    summary: 'Plot a metric of a model over the stored runs',
    request: { query: trendPlotSchema },
    responses: { 200: svg('The plot.') },
  },
  policy: FIGURE,
  handler:
    ({ history, models }) =>
    async (c) => {
      const { theme, locale, width, ...request } = c.req.valid('query');
      const plot = plotTrend(await trendOf(requireHistory(history), models, request), {
        theme,
        locale,
        width,
      });
      return c.body(plot, 200, { 'content-type': 'image/svg+xml' });
    },
});
