import { NDJSON } from '../../contract/media-types.ts';
import {
  evaluationEventSchema,
  evaluationPathSchema,
  evaluationSummarySchema,
  type EvaluationEvent,
  type EvaluationResource,
} from '../../contract/evaluations.ts';
import type { EvaluationStore } from '../../services/evaluations/evaluation-store.ts';
import { requireEvaluations } from '../../services/evaluations/evaluations.ts';
import { CACHE_CONTROL } from '../http/http-cache.ts';
import { ndjson, notModified } from '../http/openapi-responses.ts';
import { ndjsonStream } from '../http/ndjson.ts';
import { READ } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';

/** Seconds between two looks. */
const INTERVAL = 2;

/** D1 allows 50 queries in one invocation on the free plan. */
const LOOKS = 40;

export const streamEvaluation = defineRoute({
  contract: {
    method: 'get',
    path: '/v1/evaluations/{id}/stream',
    operationId: 'streamEvaluation',
    tags: ['Evaluations'],
    summary: 'Follow the progress of an evaluation',
    description:
      'A line of JSON whenever the progress changes, and a last one with the whole evaluation. A ' +
      `connection ends after ${LOOKS * INTERVAL} seconds without that line: connect again.`,
    request: { params: evaluationPathSchema },
    responses: {
      200: ndjson('The lines; each is an `EvaluationEvent`.', evaluationEventSchema),
      304: notModified,
    },
  },
  policy: READ,
  handler:
    ({ evaluations }) =>
    async (c) => {
      const { store } = requireEvaluations(evaluations);
      const first = await store.get(c.req.valid('param').id);
      const headers = { 'content-type': NDJSON };
      const events = ndjsonStream(follow(store, first));
      if (hasEnded(first)) return new Response(events, { headers });
      // A tag would need the whole body.
      const open = { ...headers, 'cache-control': CACHE_CONTROL['no-store'], etag: 'W/"open"' };
      return new Response(events, { headers: open });
    },
});

const hasEnded = ({ state }: EvaluationResource) => state === 'done' || state === 'failed';

const eventOf = (evaluation: EvaluationResource): EvaluationEvent =>
  hasEnded(evaluation)
    ? { event: 'end', evaluation }
    : { event: 'progress', evaluation: evaluationSummarySchema.parse(evaluation) };

async function* follow(
  store: EvaluationStore,
  first: EvaluationResource,
): AsyncGenerator<EvaluationEvent, void> {
  let event = eventOf(first);
  yield event;
  for (let look = 0; look < LOOKS && event.event !== 'end'; look++) {
    await scheduler.wait(1000 * INTERVAL);
    const evaluation = await store.find(first.id);
    if (!evaluation) return;
    const next = eventOf(evaluation);
    if (JSON.stringify(next) !== JSON.stringify(event)) yield next;
    event = next;
  }
}
