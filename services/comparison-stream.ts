import type { CompareEvent } from '../contract/compare-events.ts';
import { packBits } from '../contract/bitset.ts';
import type { ModelAccess } from './models.ts';
import {
  comparisonRanges,
  comparisonResult,
  type PlannedComparison,
  type RangeOutcomes,
} from './comparison.ts';

/**
 * A comparison as lines of JSON, each written when its range is done.
 *
 * @param asProblem what to tell of an error; its status can no longer be told
 * @returns the lines; they end early, and the work with them, where the reader goes away
 */
export function comparisonStream(
  models: ModelAccess,
  plan: PlannedComparison,
  asProblem: (error: unknown) => unknown,
): ReadableStream<Uint8Array> {
  const lines = linesOf(models, plan, asProblem);
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await lines.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(`${value}\n`));
      // Computing never waits for anything, so without this a line would leave with the last one.
      await scheduler.wait(0);
    },
    async cancel() {
      await lines.return();
    },
  });
}

async function* linesOf(
  models: ModelAccess,
  plan: PlannedComparison,
  asProblem: (error: unknown) => unknown,
): AsyncGenerator<string, void> {
  const ranges: RangeOutcomes[] = [];
  const { start, queries } = plan.request;
  try {
    for await (const range of comparisonRanges(models, plan)) {
      ranges.push(range);
      yield JSON.stringify(outcomesEvent(range, start + queries));
    }
    const event: CompareEvent = { event: 'result', result: comparisonResult(plan, ranges) };
    yield JSON.stringify(event);
  } catch (error) {
    yield JSON.stringify({ event: 'problem', problem: asProblem(error) });
  }
}

function outcomesEvent({ start, end, models }: RangeOutcomes, total: number): CompareEvent {
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
