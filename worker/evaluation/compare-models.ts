import { createRoute } from '@hono/zod-openapi';
import { accepts } from 'hono/accepts';
import { compareResponseSchema, compareSchema } from '../../contract/comparisons.ts';
import { compareEventSchema, NDJSON } from '../../contract/comparison-stream.ts';
import { problemOf } from '../../contract/problems.ts';
import { pinsDigest } from '../../contract/model-reference.ts';
import { CODE_VERSION } from '../code-version.ts';
import { comparisonInputs, completeComparison, planComparison } from '../../services/comparison.ts';
import { comparisonLines } from './comparison-lines.ts';
import { getOrCompute } from '../http/edge-cache.ts';
import { toLoggedError } from '../http/error-handler.ts';
import { problems } from '../http/openapi-responses.ts';
import type { Route } from '../services.ts';
import { IMMUTABLE, matchesEtag, etagOf } from '../http/http-cache.ts';

const route = createRoute({
  method: 'get',
  path: '/v1/compare',
  operationId: 'compareModels',
  tags: ['Evaluation'],
  summary: 'Compare models on the same queries',
  description:
    'Accuracy by number of objects with 95 % Wilson intervals, and for each pair of models the ' +
    'difference with an exact McNemar test. The same address gives the same bytes; where it names ' +
    'each model by its digest (`text-only@5b616e2202dd`), for ever.\n\n' +
    'With `Accept: application/x-ndjson`, a line for each range of queries as soon as it is done ' +
    'and the whole answer in the last. A client that lost the connection goes on with `start` at ' +
    'the last `end` it saw, and has the same outcomes in the end.',
  request: { query: compareSchema },
  responses: {
    200: {
      description: 'The comparison.',
      content: {
        'application/json': { schema: compareResponseSchema },
        [NDJSON]: { schema: compareEventSchema },
      },
    },
    304: { description: 'The client has it already.' },
    ...problems,
  },
});

export const compare: Route = (app, { models, waitUntil }) =>
  app.openapi(route, async (c) => {
    const { clock } = c.var;
    const request = c.req.valid('query');
    clock.parsed();
    const runners = clock.watch(models);
    const plan = await planComparison(runners, request);
    const type = accepts(c, {
      header: 'Accept',
      supports: ['application/json', NDJSON],
      default: 'application/json',
    });
    const etag = await etagOf({ code: CODE_VERSION, type, ...comparisonInputs(plan) });
    const headers = {
      etag,
      vary: 'accept',
      'cache-control': request.models.every(pinsDigest) ? IMMUTABLE : 'public, no-cache',
      'content-type': type,
    };
    if (matchesEtag(etag, c.req.header('if-none-match'))) return c.body(null, 304, headers);
    if (c.req.method === 'HEAD') return new Response(null, { headers });
    if (type === NDJSON) {
      const asProblem = (error: unknown) => {
        const { kind, detail, errors } = toLoggedError(error, c.var.requestId);
        return problemOf(kind, detail, errors);
      };
      return new Response(comparisonLines(runners, plan, asProblem), { headers });
    }
    const { body, status } = await getOrCompute(c.req.url, etag, waitUntil, async () => {
      const result = await completeComparison(runners, plan);
      return clock.serialise(() => JSON.stringify(result));
    });
    return new Response(body, { headers: { ...headers, 'cache-status': status } });
  });
