import { predictRequestSchema, predictResponseSchema } from '../../contract/predictions.ts';
import { runPrediction } from '../../services/prediction.ts';
import { json, jsonBody } from '../http/openapi-responses.ts';
import { COMPUTE_POST } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';

export const predict = defineRoute({
  contract: {
    method: 'post',
    path: '/v1/predict',
    operationId: 'predict',
    tags: ['Evaluation'],
    summary: 'Answer queries with models',
    description: 'Each query has a name or is given in full. An answer is the most probable token.',
    request: { body: jsonBody(predictRequestSchema) },
    responses: { 200: json('The answers, in the order of the queries.', predictResponseSchema) },
  },
  policy: COMPUTE_POST,
  handler:
    ({ models }) =>
    async (c) => {
      const { timer } = c.var;
      const request = c.req.valid('json');
      timer.markParsed();
      const response = await runPrediction(timer.measure(models), request);
      return timer.serialise(() => c.json(response, 200));
    },
});
