import { isProblemKind, problemPathSchema } from '../../contract/problems.ts';
import { ServiceError } from '../../services/service-error.ts';
import { html } from '../http/openapi-responses.ts';
import { publicUrl } from '../http/public-url.ts';
import { DOCUMENT } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';
import { problemPage } from './problem-pages.ts';

export const explainProblem = defineRoute({
  contract: {
    method: 'get',
    path: '/problems/{kind}',
    operationId: 'explainProblem',
    tags: ['Pages'],
    summary: 'Explain a kind of error',
    description: 'The page at the `type` of an error.',
    request: { params: problemPathSchema },
    responses: { 200: html },
  },
  policy: DOCUMENT,
  handler: () => (c) => {
    const { kind } = c.req.valid('param');
    if (!isProblemKind(kind)) {
      throw new ServiceError(
        'not-found',
        `there is no kind of error "${kind}"; /problems lists all`,
      );
    }
    return c.html(problemPage(kind, publicUrl(c.req)), 200);
  },
});
