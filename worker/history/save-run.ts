import {
  HISTORY_LIMITS,
  IDEMPOTENCY_HEADER,
  saveRunHeadersSchema,
  saveRunRequestSchema,
  saveRunResponseSchema,
} from '../../contract/history.ts';
import { requireHistory } from '../../services/history/run-store.ts';
import { saveRun as save } from '../../services/history/save-run.ts';
import { CODE_VERSION } from '../code-version.ts';
import { logError } from '../http/error-handler.ts';
import { json, jsonBody } from '../http/openapi-responses.ts';
import { writePolicy } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';

export const saveRun = defineRoute({
  contract: {
    method: 'post',
    path: '/v1/runs',
    operationId: 'saveRun',
    tags: ['History'],
    summary: 'Run a comparison, or send the report of a check, and store it',
    description:
      'A comparison runs as with `/v1/compare`. Where the database fails, the response still has the ' +
      'result, with `saved: false`.',
    request: { headers: saveRunHeadersSchema, body: jsonBody(saveRunRequestSchema) },
    responses: {
      200: json('The run was stored before, or could not be stored.', saveRunResponseSchema),
      201: json('The run is stored.', saveRunResponseSchema),
    },
  },
  policy: { ...writePolicy('save'), cost: 'compute', bodyBytes: HISTORY_LIMITS.bodyBytes },
  handler:
    ({ history, models }) =>
    async (c) => {
      const store = requireHistory(history);
      const request = c.req.valid('json');
      const key = c.req.valid('header')[IDEMPOTENCY_HEADER];
      const { timer, requestId } = c.var;
      timer.markParsed();
      const options = { key, code: CODE_VERSION };
      const { created, failure, response } = await save(
        store,
        timer.measure(models),
        request,
        options,
      );
      if (failure) logError(failure, requestId);
      if (!created) return c.json(response, 200);
      c.header('location', `/v1/runs/${response.run.id}`);
      return c.json(response, 201);
    },
});
