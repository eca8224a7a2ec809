import { listWatchesSchema, watchListSchema } from '../../contract/watches.ts';
import { requireWatches } from '../../services/watches/watches.ts';
import { json } from '../http/openapi-responses.ts';
import { READ } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';
import { nextPage } from '../http/next-page.ts';

export const listWatches = defineRoute({
  contract: {
    method: 'get',
    path: '/v1/watches',
    operationId: 'listWatches',
    tags: ['Watches'],
    summary: 'List the watches with their states',
    request: { query: listWatchesSchema },
    responses: { 200: json('The watches and their last runs.', watchListSchema) },
  },
  policy: READ,
  handler:
    ({ watches }) =>
    async (c) => {
      const request = c.req.valid('query');
      const list = await requireWatches(watches).store.list(request);
      const next = nextPage('/v1/watches', request, list, 'after');
      return c.json({ watches: list, next }, 200);
    },
});
