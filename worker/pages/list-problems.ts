import { html } from '../http/openapi-responses.ts';
import { READ } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';
import { problemsPage } from './problem-pages.ts';

export const listProblems = defineRoute({
  contract: {
    method: 'get',
    path: '/problems',
    operationId: 'listProblems',
    tags: ['Pages'],
    summary: 'List all kinds of errors',
    responses: { 200: html },
  },
  policy: READ,
  handler: () => (c) => c.html(problemsPage(), 200),
});
