import { compareResponseSchema, compareSchema } from '../../contract/comparisons.ts';
import { completeComparison, planComparison } from '../../services/comparison.ts';
import { getOrCompute } from '../http/edge-cache.ts';
import { matchesEtag } from '../http/http-cache.ts';
import { notModified } from '../http/openapi-responses.ts';
import { COMPUTE } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';
import { comparisonHeaders } from './comparison-headers.ts';

export const compareModels = defineRoute({
  contract: {
    method: 'get',
    path: '/v1/compare',
    operationId: 'compareModels',
    tags: ['Evaluation'],
    summary: 'Compare models on the same queries',
    description:
      'Accuracy by number of objects with 95 % Wilson intervals, and for each pair of models the ' +
      'difference with an exact McNemar test. The same address gives the same bytes until a model or ' +
      'the code changes; where the address names every model by its digest ' +
      '(`text-only@5b616e2202dd`), it gives the same result forever.',
    request: { query: compareSchema },
    responses: {
      200: {
        description: 'The comparison.',
        content: { 'application/json': { schema: compareResponseSchema } },
      },
      304: notModified,
    },
  },
  policy: COMPUTE,
  handler:
    ({ models, waitUntil }) =>
    async (c) => {
      const { timer } = c.var;
      const request = c.req.valid('query');
      timer.markParsed();
      const measured = timer.measure(models);
      const plan = await planComparison(measured, request);
      const headers = await comparisonHeaders(request, plan, 'application/json');
      if (matchesEtag(headers.etag, c.req.header('if-none-match')))
        return c.body(null, 304, headers);
      if (c.req.method === 'HEAD') return new Response(null, { headers });
      const { body, status } = await getOrCompute({
        url: c.req.url,
        tag: headers.etag,
        waitUntil,
        compute: async () => {
          const result = await completeComparison(measured, plan);
          return timer.serialise(() => JSON.stringify(result));
        },
      });
      return new Response(body, { headers: { ...headers, 'cache-status': status } });
    },
});
