import { compareEventSchema } from '../../contract/comparison-stream.ts';
import { NDJSON } from '../../contract/media-types.ts';
import { compareSchema } from '../../contract/comparisons.ts';
import { problemOf } from '../../contract/problems.ts';
import { planComparison } from '../../services/comparison.ts';
import { toLoggedError } from '../http/error-handler.ts';
import { matchesEtag } from '../http/http-cache.ts';
import { ndjson, notModified } from '../http/openapi-responses.ts';
import { COMPUTE } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';
import { comparisonHeaders } from './comparison-headers.ts';
import { comparisonLines } from './comparison-lines.ts';

export const streamComparison = defineRoute({
  contract: {
    method: 'get',
    path: '/v1/compare/stream',
    operationId: 'streamComparison',
    tags: ['Evaluation'],
    summary: 'Compare models, and send the results while the comparison runs',
    description:
      'The comparison of `/v1/compare` as lines of JSON: one for each range of queries, sent as soon as ' +
      'the range is done, and the result in the last line. After a lost connection, a client can ' +
      'continue with `start` set to the last `end` that it received.',
    request: { query: compareSchema },
    responses: {
      200: ndjson('The lines; each is a `CompareEvent`.', compareEventSchema),
      304: notModified,
    },
  },
  policy: COMPUTE,
  handler:
    ({ models }) =>
    async (c) => {
      const { timer, requestId } = c.var;
      const measured = timer.measure(models);
      const request = c.req.valid('query');
      const plan = await planComparison(measured, request);
      const headers = await comparisonHeaders(request, plan, NDJSON);
      if (matchesEtag(headers.etag, c.req.header('if-none-match')))
        return c.body(null, 304, headers);
      if (c.req.method === 'HEAD') return c.body(null, 200, headers);
      const asProblem = (error: unknown) => {
        const { kind, detail, errors } = toLoggedError(error, requestId);
        return problemOf(kind, detail, errors);
      };
      return c.body(comparisonLines(measured, plan, asProblem), 200, headers);
    },
});
