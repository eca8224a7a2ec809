import { serverLiveSchema } from '../../contract/open-inference.ts';
import { json } from '../http/openapi-responses.ts';
import { READ } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';

export const serverLive = defineRoute({
  contract: {
    method: 'get',
    path: '/v2/health/live',
    operationId: 'serverLive',
    tags: ['Open Inference Protocol'],
    summary: 'Check whether the worker runs',
    responses: { 200: json('It runs.', serverLiveSchema) },
  },
  policy: { ...READ, cost: 'free' },
  handler: () => (c) => c.json({ live: true }, 200),
});
