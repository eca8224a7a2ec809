import { watchPathSchema, watchSchema } from '../../contract/watches.ts';
import { requireWatches } from '../../services/watches/watches.ts';
import { json } from '../http/openapi-responses.ts';
import { writePolicy } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';

export const deleteWatch = defineRoute({
  contract: {
    method: 'delete',
    path: '/v1/watches/{id}',
    operationId: 'deleteWatch',
    tags: ['Watches'],
    summary: 'Stop a watch, and delete its runs, reports and notices',
    description: 'A run that is under way ends, and is not stored.',
    request: { params: watchPathSchema },
    responses: { 200: json('The watch is deleted; as it was.', watchSchema) },
  },
  policy: writePolicy('watch'),
  handler:
    ({ watches }) =>
    async (c) =>
      c.json(await requireWatches(watches).delete(c.req.valid('param').id), 200),
});
