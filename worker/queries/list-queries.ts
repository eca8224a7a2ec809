import { createRoute } from '@hono/zod-openapi';
import { listQueriesSchema, queryListSchema } from '../../contract/queries.ts';
import { listQueryIndices } from '../../task/query-indices.ts';
import { parseSpec } from '../../task/spec.ts';
import { queryResource } from '../../services/query-resource.ts';
import { json, problems } from '../http/openapi-responses.ts';
import type { Route } from '../services.ts';

const route = createRoute({
  method: 'get',
  path: '/v1/queries',
  operationId: 'listQueries',
  tags: ['Queries'],
  summary: 'Queries of a kind',
  description: 'An endless list: the same address gives the same queries anywhere.',
  request: { query: listQueriesSchema },
  responses: { 200: json('The queries.', queryListSchema), ...problems },
});

export const listQueries: Route = (app) =>
  app.openapi(route, (c) => {
    const { count, start, seed, questionsPerScene, colours, shapes, items, ...kind } =
      c.req.valid('query');
    const spec = parseSpec({ ...kind, vocabulary: { colours, shapes, items } });
    const queries = listQueryIndices(spec.objects, count, questionsPerScene, start).map((place) =>
      queryResource({ spec, seed, ...place }),
    );
    return c.json({ queries }, 200);
  });
