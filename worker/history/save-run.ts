import { createRoute } from '@hono/zod-openapi';
import { noParametersSchema } from '../../contract/url-parameters.ts';
import {
  IDEMPOTENCY_HEADER,
  saveRunHeadersSchema,
  saveRunRequestSchema,
  saveRunResponseSchema,
} from '../../contract/history.ts';
import { saveRun } from '../../services/history/save-run.ts';
import { requireHistory } from '../../services/history/run-store.ts';
import { CODE_VERSION } from '../code-version.ts';
import { logError } from '../http/error-handler.ts';
import { json, problems } from '../http/openapi-responses.ts';
import type { Route } from '../services.ts';
import { needsToken } from '../middleware/authentication.ts';

const route = createRoute({
  method: 'post',
  path: '/v1/runs',
  operationId: 'keepRun',
  tags: ['History'],
  summary: 'Make a comparison, or take a check, and keep it',
  description:
    'A comparison is made as `/v1/compare` makes it. Where the database fails, the answer comes all ' +
    'the same, with `kept: false`.',
  security: needsToken,
  request: {
    query: noParametersSchema,
    headers: saveRunHeadersSchema,
    body: { required: true, content: { 'application/json': { schema: saveRunRequestSchema } } },
  },
  responses: {
    200: json('It had been kept before, or could not be.', saveRunResponseSchema),
    201: json('It is kept.', saveRunResponseSchema),
    ...problems,
  },
});

export const keepRunRoute: Route = (app, { history, models }) =>
  app.openapi(route, async (c) => {
    const store = requireHistory(history);
    const request = c.req.valid('json');
    const key = c.req.valid('header')[IDEMPOTENCY_HEADER];
    const { clock, requestId } = c.var;
    clock.parsed();
    const runners = clock.watch(models);
    const options = { key, code: CODE_VERSION };
    const { created, failure, response } = await saveRun(store, runners, request, options);
    if (failure) logError(failure, requestId);
    if (!created) return c.json(response, 200);
    c.header('location', `/v1/runs/${response.run.id}`);
    return c.json(response, 201);
  });
