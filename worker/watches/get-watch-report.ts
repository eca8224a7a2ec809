import { checkReportSchema } from '../../contract/regression.ts';
import { watchReportPathSchema } from '../../contract/watches.ts';
import { requireWatches } from '../../services/watches/watches.ts';
import { json } from '../http/openapi-responses.ts';
import { READ } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';

export const getWatchReport = defineRoute({
  contract: {
    method: 'get',
    path: '/v1/watches/{id}/reports/{report}',
    operationId: 'getWatchReport',
    tags: ['Watches'],
    summary: 'Get the report of runs of a watch',
    description: 'The form is that of `bindscope check --json`, with at most 500 changed answers.',
    request: { params: watchReportPathSchema },
    responses: { 200: json('The report.', checkReportSchema) },
  },
  policy: READ,
  handler:
    ({ watches }) =>
    async (c) => {
      const { id, report } = c.req.valid('param');
      return c.json(await requireWatches(watches).store.report(id, report), 200);
    },
});
