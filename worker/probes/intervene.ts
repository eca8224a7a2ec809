import { interventionRequestSchema } from '../../contract/intervention-documents.ts';
import { interventionResponseSchema } from '../../contract/intervention-results.ts';
import { runDocument } from '../../services/intervention-document.ts';
import { runIntervention } from '../../services/intervention.ts';
import { runSweep } from '../../services/layer-sweep.ts';
import { json, jsonBody } from '../http/openapi-responses.ts';
import { COMPUTE_POST } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';

export const intervene = defineRoute({
  contract: {
    method: 'post',
    path: '/v1/interventions',
    operationId: 'intervene',
    tags: ['Mechanism'],
    summary: 'Patch activations from one prompt into another',
    description:
      'An interchange intervention replaces activations of the original run by those of a ' +
      'counterfactual run. The changed answer shows what information they carry. The request has one ' +
      'pair, given or generated, or a sweep of all layers over many pairs. Or it is a document with ' +
      '`runs`: several reads and writes at once, with sources and metrics of your choice.',
    request: { body: jsonBody(interventionRequestSchema) },
    responses: {
      200: json(
        'The effect of each patch, or the outcomes of the sweep, or what the document measures.',
        interventionResponseSchema,
      ),
    },
  },
  policy: COMPUTE_POST,
  handler:
    ({ models }) =>
    async (c) => {
      const request = c.req.valid('json');
      if ('runs' in request) return c.json(await runDocument(models, request), 200);
      if ('sweep' in request) return c.json(await runSweep(models, request), 200);
      return c.json(await runIntervention(models, request), 200);
    },
});
