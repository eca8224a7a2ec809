import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareResponseSchema, type CompareResponse } from '../../contract/comparisons.ts';
import { unpackBits } from '../../contract/bitset.ts';
import { compareEventSchema, type OutcomesEvent } from '../../contract/comparison-stream.ts';
import { NDJSON } from '../../contract/media-types.ts';
import { compareOutcomes, type ModelOutcomes } from '../../statistics/paired-comparison.ts';
import { FIXTURES } from '../../harness/miniature-models.ts';
import { read, readProblem, startWorker, type RunningWorker } from '../../harness/worker.ts';
import { elementAt } from '../../task/element-at.ts';

let worker: RunningWorker;
beforeAll(async () => void (worker = await startWorker()));
afterAll(() => worker.stop());

const REQUEST = `models=${FIXTURES.text},${FIXTURES.seeing}&objects=3,5,9&seed=5`;

const stream = (parameters: string, signal?: AbortSignal) =>
  worker.fetch(`/v1/compare/stream?${REQUEST}&${parameters}`, signal ? { signal } : {});

async function eventsOf(response: Response) {
  expect(response.headers.get('content-type')).toBe(NDJSON);
  const lines = (await response.text()).trimEnd().split('\n');
  return lines.map((line) => compareEventSchema.parse(JSON.parse(line)));
}

/** Outcomes of ranges, one behind the other, as a client puts them together. */
function joined(ranges: readonly OutcomesEvent[]): ModelOutcomes[] {
  return elementAt(ranges, 0).models.map(({ model, byObjects }, m) => ({
    model,
    byObjects: byObjects.map(({ objects }, at) => ({
      objects,
      correct: ranges.flatMap(
        ({ models, start, end }) =>
          unpackBits(models[m]?.byObjects[at]?.correct ?? '', end - start) ?? [],
      ),
    })),
  }));
}

const plain = async (parameters: string): Promise<CompareResponse> =>
  read(await worker.fetch(`/v1/compare?${REQUEST}&${parameters}`), compareResponseSchema);

describe('a comparison as lines', () => {
  it('tells each range, and in the end what the plain answer tells', async () => {
    const events = await eventsOf(await stream('queries=250'));
    const ranges = events.filter((event) => event.event === 'outcomes');
    expect(ranges.map(({ start, end, total }) => [start, end, total])).toEqual([
      [0, 96, 250],
      [96, 192, 250],
      [192, 250, 250],
    ]);
    const last = events.at(-1);
    const whole = await plain('queries=250');
    expect(last).toEqual({ event: 'result', result: whole });
    expect(whole).toMatchObject(compareOutcomes(joined(ranges)));
  });

  it('goes on where it was lost, with the same outcomes', async () => {
    const lost = (await eventsOf(await stream('queries=200'))).filter(
      (event) => event.event === 'outcomes',
    );
    const rest = (await eventsOf(await stream('start=96&queries=104'))).filter(
      (event) => event.event === 'outcomes',
    );
    expect(rest).toEqual(lost.slice(1));
    const whole = await plain('queries=200');
    expect(whole).toMatchObject(compareOutcomes(joined([...lost.slice(0, 1), ...rest])));
  });

  it('comes range by range', async () => {
    const response = await stream('queries=960&questionsPerScene=1');
    const reader = response.body?.getReader();
    const first = await reader?.read();
    const text = new TextDecoder().decode(first?.value);
    expect(text).toMatch(/^\{"event":"outcomes","start":0/);
    expect(text).not.toContain('"result"');
    await reader?.cancel();
  });

  it('that nobody reads to the end is given up, and the next request works', async () => {
    const impatient = new AbortController();
    const response = await stream('queries=1900&questionsPerScene=1', impatient.signal);
    await response.body?.getReader().read();
    impatient.abort();
    const began = Date.now();
    expect((await plain('queries=8')).queries.count).toBe(8);
    // All of it would take many times as long as one range.
    expect((await worker.fetch('/v2/health/live')).status).toBe(200);
    expect(Date.now() - began).toBeLessThan(30_000);
  });

  it('refuses before it begins', async () => {
    const problem = await readProblem(await stream('queries=0'));
    expect(problem).toMatchObject({ status: 400 });
  });
});

describe('a range of a comparison', () => {
  it('is those queries that the whole has there', async () => {
    const [head, tail] = [await plain('queries=40'), await plain('start=40&queries=60')];
    const whole = await plain('queries=100');
    expect(tail.queries).toMatchObject({ start: 40, count: 60 });
    expect(whole.models.map(({ byObjects }) => byObjects.length)).toEqual([3, 3]);
    whole.models.forEach(({ byObjects }, model) => {
      byObjects.forEach(({ correct }, at) => {
        const parts = [head, tail].map((part) => part.models[model]?.byObjects[at]?.correct ?? NaN);
        expect(correct).toBe(parts.reduce((sum, part) => sum + part, 0));
      });
    });
  });
});
