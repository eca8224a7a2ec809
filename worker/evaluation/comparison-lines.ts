import { packBits } from '../../contract/bitset.ts';
import type { CompareEvent } from '../../contract/comparison-stream.ts';
import type { Problem } from '../../contract/problems.ts';
import {
  runComparison,
  type ComparisonPlan,
  type OutcomeRange,
} from '../../services/comparison.ts';
import type { ModelAccess } from '../../services/models.ts';
import { ndjsonStream } from '../http/ndjson.ts';

/**
 * A comparison as lines of JSON (NDJSON), one for each range as soon as it is done.
 *
 * @param asProblem turns an error into the last line: the response status is already sent
 * @returns a stream whose cancellation stops the comparison
 */
export function comparisonLines(
  models: ModelAccess,
  plan: ComparisonPlan,
  asProblem: (error: unknown) => Problem,
): ReadableStream<Uint8Array> {
  return ndjsonStream(eventsOf(models, plan, asProblem));
}

async function* eventsOf(
  models: ModelAccess,
  plan: ComparisonPlan,
  asProblem: (error: unknown) => Problem,
): AsyncGenerator<CompareEvent, void> {
  const { start, queries } = plan.request;
  try {
    const run = runComparison(models, plan);
    for (let step = await run.next(); ; step = await run.next()) {
      if (step.done) {
        yield { event: 'result', result: step.value };
        return;
      }
      yield outcomesEvent(step.value, start + queries);
    }
  } catch (error) {
    yield { event: 'problem', problem: asProblem(error) };
  }
}

function outcomesEvent({ start, end, models }: OutcomeRange, total: number): CompareEvent {
  return {
    event: 'outcomes',
    start,
    end,
    total,
    models: models.map(({ model, byObjects }) => ({
      model,
      byObjects: byObjects.map(({ objects, correct }) => ({ objects, correct: packBits(correct) })),
    })),
  };
}
