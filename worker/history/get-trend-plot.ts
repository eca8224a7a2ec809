import { createRoute, z } from '@hono/zod-openapi';
import { trendPlotSchema } from '../../contract/history.ts';
import { plotTrend } from '../../plots/trend.ts';
import { requireHistory } from '../../services/history/run-store.ts';
import { trendOf } from '../../services/history/trend.ts';
import { problems } from '../http/openapi-responses.ts';
import type { Route } from '../services.ts';

const route = createRoute({
  method: 'get',
  path: '/v1/trend.svg',
  operationId: 'getTrendPlot',
  tags: ['History'],
  summary: 'The same as a picture',
  request: { query: trendPlotSchema },
  responses: {
    200: { description: 'An SVG.', content: { 'image/svg+xml': { schema: z.string() } } },
    ...problems,
  },
});

export const getTrendPlot: Route = (app, { history }) =>
  app.openapi(route, async (c) => {
    const { theme, ...request } = c.req.valid('query');
    const svg = plotTrend(await trendOf(requireHistory(history), request), theme);
    return c.body(svg, 200, { 'content-type': 'image/svg+xml' });
  });
