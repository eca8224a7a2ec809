import { html } from '../http/openapi-responses.ts';
import { publicUrl } from '../http/public-url.ts';
import { DOCUMENT } from '../http/route-policy.ts';
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
  policy: DOCUMENT,
  handler: () => (c) => c.html(problemsPage(publicUrl(c.req)), 200),
});
