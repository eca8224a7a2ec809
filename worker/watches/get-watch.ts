import { watchDetailSchema, watchPathSchema } from '../../contract/watches.ts';
import { requireWatches } from '../../services/watches/watches.ts';
import { json } from '../http/openapi-responses.ts';
import { READ } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';

export const getWatch = defineRoute({
  contract: {
    method: 'get',
    path: '/v1/watches/{id}',
    operationId: 'getWatch',
    tags: ['Watches'],
    summary: 'Get a watch, its notices and its baseline',
    request: { params: watchPathSchema },
    responses: { 200: json('The watch, without the address of its webhook.', watchDetailSchema) },
  },
  policy: READ,
  handler:
    ({ watches }) =>
    async (c) =>
      c.json(await requireWatches(watches).store.detail(c.req.valid('param').id), 200),
});
