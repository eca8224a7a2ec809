import { packBits } from '../../contract/bitset.ts';
import {
  evaluationPathSchema,
  exportedEvaluationSchema,
  type EvaluationResource,
  type ExportedEvaluation,
} from '../../contract/evaluations.ts';
import { NDJSON } from '../../contract/media-types.ts';
import type { PartOutcomes } from '../../services/evaluations/evaluation-rows.ts';
import type { EvaluationStore } from '../../services/evaluations/evaluation-store.ts';
import { requireEvaluations } from '../../services/evaluations/evaluations.ts';
import { etagOf } from '../http/http-cache.ts';
import { ndjsonStream } from '../http/ndjson.ts';
import { ndjson, notModified } from '../http/openapi-responses.ts';
import { READ } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';

export const exportEvaluation = defineRoute({
  contract: {
    method: 'get',
    path: '/v1/evaluations/{id}/export',
    operationId: 'exportEvaluation',
    tags: ['Evaluations'],
    summary: 'Get an evaluation with the outcome of every query',
    request: { params: evaluationPathSchema },
    responses: {
      200: ndjson('The lines; each is an `ExportedEvaluation`.', exportedEvaluationSchema),
      304: notModified,
    },
  },
  policy: READ,
  handler:
    ({ evaluations }) =>
    async (c) => {
      const { store } = requireEvaluations(evaluations);
      // Read here, so that an unknown evaluation is a problem, not a body that breaks off.
      const evaluation = await store.get(c.req.valid('param').id);
      // Its parts change when its progress does; a tag of the bytes would need all of them.
      const headers = { 'content-type': NDJSON, etag: await etagOf(evaluation) };
      return c.body(ndjsonStream(exportOf(store, evaluation)), 200, headers);
    },
});

async function* exportOf(
  store: EvaluationStore,
  evaluation: EvaluationResource,
): AsyncGenerator<ExportedEvaluation, void> {
  yield { event: 'evaluation', evaluation };
  for await (const part of store.parts(evaluation.id)) yield lineOf(part);
}

function lineOf(part: PartOutcomes): ExportedEvaluation {
  const { model, objects } = part;
  switch (part.kind) {
    case 'queries': {
      const correct = packBits(part.correct);
      return { event: 'outcomes', model, objects, queries: part.correct.length, correct };
    }
    case 'pairs':
      return { event: 'sweep', model, objects, tally: part.tally };
    case 'knockout': {
      const { baseline, cut } = part.outcomes;
      const bits = { correct: packBits(baseline), correctWithCut: packBits(cut) };
      return {
        event: 'knockout',
        model,
        objects,
        cut: part.cut,
        queries: baseline.length,
        ...bits,
      };
    }
  }
}
