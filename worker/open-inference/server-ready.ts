import { serverReadySchema } from '../../contract/open-inference.ts';
import { ReadinessCheck } from '../../services/readiness.ts';
import { json } from '../http/openapi-responses.ts';
import { COMPUTE } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';

export const serverReady = defineRoute({
  contract: {
    method: 'get',
    path: '/v2/health/ready',
    operationId: 'serverReady',
    tags: ['Open Inference Protocol'],
    summary: 'Check whether every model answers',
    description:
      'Each model answers a query, once per isolate: its memory does not hold all models at once. Later ' +
      'checks only look for the file of the model. 503 where a model cannot be loaded.',
    responses: { 200: json('Every model has answered.', serverReadySchema) },
  },
  policy: COMPUTE,
  handler: ({ models }) => {
    const check = new ReadinessCheck(models);
    return async (c) => {
      await check.requireAllReady();
      return c.json({ live: true, ready: true }, 200);
    };
  },
});
