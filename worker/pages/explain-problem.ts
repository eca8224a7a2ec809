import { createRoute } from '@hono/zod-openapi';
import { noParametersSchema } from '../../contract/url-parameters.ts';
import { problemPathSchema } from '../../contract/problems.ts';
import { problemPage } from './problem-pages.ts';
import { page, problems } from '../http/openapi-responses.ts';
import type { Route } from '../services.ts';

const route = createRoute({
  method: 'get',
  path: '/problems/{kind}',
  operationId: 'explainProblem',
  tags: ['Pages'],
  summary: 'What a problem means',
  description: 'The page that the `type` of an error leads to.',
  request: { params: problemPathSchema, query: noParametersSchema },
  responses: {
    200: page,
    ...problems,
  },
});

export const explainProblem: Route = (app) =>
  app.openapi(route, (c) => c.html(problemPage(c.req.valid('param').kind), 200));
