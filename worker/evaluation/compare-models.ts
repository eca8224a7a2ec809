import { accepts } from 'hono/accepts';
import { compareEventSchema, NDJSON } from '../../contract/comparison-stream.ts';
import { compareResponseSchema, compareSchema } from '../../contract/comparisons.ts';
import { pinsDigest } from '../../contract/model-reference.ts';
import { problemOf } from '../../contract/problems.ts';
import { comparisonInputs, completeComparison, planComparison } from '../../services/comparison.ts';
import { CODE_VERSION } from '../code-version.ts';
import { getOrCompute } from '../http/edge-cache.ts';
import { toLoggedError } from '../http/error-handler.ts';
import { CACHE_CONTROL, etagOf, matchesEtag } from '../http/http-cache.ts';
import { notModified } from '../http/openapi-responses.ts';
import { COMPUTE } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';
import { comparisonLines } from './comparison-lines.ts';

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
      '(`text-only@5b616e2202dd`), it gives the same result forever.\n\n' +
      'With `Accept: application/x-ndjson`, the response has one line for each range of queries, sent ' +
      'as soon as the range is done, and the result in the last line. After a lost connection, a ' +
      'client can continue with `start` set to the last `end` that it received.',
    request: { query: compareSchema },
    responses: {
      200: {
        description: 'The comparison.',
        content: {
          'application/json': { schema: compareResponseSchema },
          [NDJSON]: { schema: compareEventSchema },
        },
      },
      304: notModified,
    },
  },
  policy: COMPUTE,
  handler:
    ({ models, waitUntil }) =>
    async (c) => {
      const { timer, requestId } = c.var;
      const request = c.req.valid('query');
      timer.markParsed();
      const measured = timer.measure(models);
      const plan = await planComparison(measured, request);
      const type = accepts(c, {
        header: 'Accept',
        supports: ['application/json', NDJSON],
        default: 'application/json',
      });
      const etag = await etagOf({ code: CODE_VERSION, type, ...comparisonInputs(plan) });
      const headers = {
        etag,
        vary: 'accept',
        'cache-control':
          CACHE_CONTROL[request.models.every(pinsDigest) ? 'immutable' : 'revalidate'],
        'content-type': type,
      };
      if (matchesEtag(etag, c.req.header('if-none-match'))) return c.body(null, 304, headers);
      if (c.req.method === 'HEAD') return new Response(null, { headers });
      if (type === NDJSON) {
        const asProblem = (error: unknown) => {
          const { kind, detail, errors } = toLoggedError(error, requestId);
          return problemOf(kind, detail, errors);
        };
        return new Response(comparisonLines(measured, plan, asProblem), { headers });
      }
      const { body, status } = await getOrCompute({
        url: c.req.url,
        tag: etag,
        waitUntil,
        compute: async () => {
          const result = await completeComparison(measured, plan);
          return timer.serialise(() => JSON.stringify(result));
        },
      });
      return new Response(body, { headers: { ...headers, 'cache-status': status } });
    },
});
