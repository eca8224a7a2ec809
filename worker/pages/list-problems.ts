import { createRoute } from '@hono/zod-openapi';
import { noParametersSchema } from '../../contract/url-parameters.ts';
import { problemsPage } from './problem-pages.ts';
import { page, problems } from '../http/openapi-responses.ts';
import type { Route } from '../services.ts';

const route = createRoute({
  method: 'get',
  path: '/problems',
  operationId: 'listProblems',
  tags: ['Pages'],
  summary: 'All problems',
  request: { query: noParametersSchema },
  responses: {
    200: page,
    ...problems,
  },
});

export const listProblems: Route = (app) => app.openapi(route, (c) => c.html(problemsPage(), 200));
