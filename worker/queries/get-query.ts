import { queryPathSchema, querySchema } from '../../contract/queries.ts';
import { queryResource } from '../../services/query-resource.ts';
import { json } from '../http/openapi-responses.ts';
import { READ } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';
import { namedQuery } from './named-query.ts';

export const getQuery = defineRoute({
  contract: {
    method: 'get',
    path: '/v1/queries/{name}',
    operationId: 'getQuery',
    tags: ['Queries'],
    summary: 'Get a query by its name',
    request: { params: queryPathSchema },
    responses: { 200: json('The query.', querySchema) },
  },
  policy: READ,
  handler: () => (c) => c.json(queryResource(namedQuery(c.req.valid('param').name)), 200),
});
