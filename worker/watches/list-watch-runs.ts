import {
  listWatchRunsSchema,
  watchPathSchema,
  watchRunListSchema,
} from '../../contract/watches.ts';
import { requireWatches } from '../../services/watches/watches.ts';
import { json } from '../http/openapi-responses.ts';
import { READ } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';
import { nextPage } from '../http/next-page.ts';

export const listWatchRuns = defineRoute({
  contract: {
    method: 'get',
    path: '/v1/watches/{id}/runs',
    operationId: 'listWatchRuns',
    tags: ['Watches'],
    summary: 'List the runs of a watch',
    request: { params: watchPathSchema, query: listWatchRunsSchema },
    responses: { 200: json('The runs, newest first.', watchRunListSchema) },
  },
  policy: READ,
  handler:
    ({ watches }) =>
    async (c) => {
      const { store } = requireWatches(watches);
      const { id } = await store.get(c.req.valid('param').id);
      const request = c.req.valid('query');
      const runs = await store.runs(id, request);
      return c.json(
        { runs, next: nextPage(`/v1/watches/${id}/runs`, request, runs, 'before') },
        200,
      );
    },
});
