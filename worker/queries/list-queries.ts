import { listQueriesSchema, queryListSchema } from '../../contract/queries.ts';
import { queryResource } from '../../services/query-resource.ts';
import { listQueryIndices } from '../../task/query-indices.ts';
import { parseSpec } from '../../task/spec.ts';
import { json } from '../http/openapi-responses.ts';
import { READ } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';

export const listQueries = defineRoute({
  contract: {
    method: 'get',
    path: '/v1/queries',
    operationId: 'listQueries',
    tags: ['Queries'],
    summary: 'List queries of one kind',
    description: 'A page of an endless list. The same address gives the same queries everywhere.',
    request: { query: listQueriesSchema },
    responses: { 200: json('The queries.', queryListSchema) },
  },
  policy: READ,
  handler: () => (c) => {
    const { count, start, seed, questionsPerScene, colours, shapes, items, ...kind } =
      c.req.valid('query');
    const spec = parseSpec({ ...kind, vocabulary: { colours, shapes, items } });
    const queries = listQueryIndices(spec.objects, count, questionsPerScene, start).map((indices) =>
      queryResource({ spec, seed, ...indices }),
    );
    return c.json({ queries }, 200);
  },
});
