import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compareResults, parseResult, verdictOf } from '../../bench/against.ts';
import { overLimit } from '../../bench/growth.ts';
import { webAssemblyBytes } from '../../bench/heap.ts';
import { filesOf, publishedResult } from '../../bench/published.ts';
import { figureOf, intervalOfMedian, type BenchResult, type Figure } from '../../bench/result.ts';
import { servingFigures } from '../../bench/serving.ts';
import { askUncached, measureInTurns } from '../../bench/timing.ts';
import { ROOT } from '../../build/paths.ts';

const MILLISECONDS = { unit: 'ms', better: 'lower' } as const;

const times = (values: number[]) => figureOf('a step', values, MILLISECONDS);
const resultOf = (figures: Figure[], processor = 'a processor'): BenchResult => ({
  schema: 1,
  created: '2026-11-26T10:00:00.000Z',
  smoke: false,
  seed: 1,
  machine: { processor, cores: 2, memoryGB: 8, load: [0, 0] },
  versions: { Node: '20.20.2' },
  parts: { Serving: { runs: 'nothing', figures } },
});

describe('a figure', () => {
  it('is the median of the rounds, with their quartiles', () => {
    expect(times([5, 1, 4, 2, 3])).toMatchObject({ value: 3, quartiles: [2, 4], rounds: 5 });
  });

  it('is refused where it cannot be true', () => {
    const share = (value: number) =>
      figureOf('share', [value], { unit: '%', better: 'lower' }).value;
    expect(share(100)).toBe(100);
    expect(() => share(107)).toThrow(
      '"share" is 107.0 %, which cannot be true; possible is 0 to 100',
    );
    expect(() => share(-1)).toThrow('cannot be true');
    expect(() => times([-1])).toThrow('possible is at least 0');
    expect(() => times([Infinity])).toThrow();
    expect(() => times([])).toThrow();
  });
});

describe('the interval of a median', () => {
  it('is of ratios and shares with several rounds', () => {
    const interval = (unit: 'x' | 'ms', rounds: number[]) =>
      figureOf('a figure', rounds, { unit, better: 'lower' }).interval;
    expect(interval('x', [2, 2, 2])).toEqual([2, 2]);
    expect(interval('x', [2])).toBeUndefined();
    expect(interval('ms', [2, 2, 2])).toBeUndefined();
  });

  it('agrees with the exact distribution of bootstrap medians of three rounds', () => {
    // Of 27 resamples of 1, 2, 3, the median is 1 in 7, 2 in 13 and 3 in 7.
    expect(intervalOfMedian([3, 1, 2])).toEqual([1, 3]);
    // With seven rounds, the least or the largest value is the median in 1 % or less (P(Binomial(7, 1/7) >= 4) = 0.9 %).
    const [low, high] = intervalOfMedian([1, 2, 3, 4, 5, 6, 7]);
    expect(low).toBe(2);
    expect(high).toBe(6);
  });
});

describe('memory of WebAssembly', () => {
  it('is what is writable of a reservation that is not the one of the JavaScript heap', () => {
    // As workerd has them: a heap of JavaScript, and a memory of 20,316,160 bytes.
    const maps = [
      '28fc00000000-28fc029c0000 rw-p 00000000 00:00 0 ',
      '28fc029c0000-28fd00000000 ---p 00000000 00:00 0 ',
      '7fda74ac0000-7fda75ac0000 rw-p 00000000 00:00 0 ',
      '7fda75ac0000-7fda75e20000 rw-p 00000000 00:00 0 ',
      '7fda75e20000-7fdb74ae0000 ---p 00000000 00:00 0 ',
      '7fdb80000000-7fdb80001000 r-xp 00000000 08:01 42 /usr/lib/libc.so.6',
    ].join('\n');
    expect(webAssemblyBytes(maps)).toBe(20_316_160);
  });
});

it('a curve over its limit is a fault, and one without a limit is not', () => {
  const curve = { what: 'a curve', x: 'models', unit: 'ms' as const };
  const points = [
    { x: 4, value: 1, memory: 100 },
    { x: 8, value: 1, memory: 101 },
  ];
  expect(overLimit({ ...curve, limit: 100, points })).toEqual([
    'a curve: the isolate holds 101 MB after 8 models; it may hold 100',
  ]);
  expect(overLimit({ ...curve, points })).toEqual([]);
});

describe('the figures of serving', () => {
  /** Half of a millisecond is HTTP, the rest 8 runs. */
  const measured = {
    packed: [200],
    single: [800],
    oneRun: [28],
    native: [50],
    attribution: [40],
    sweep: [500],
    onePrefix: [10],
    fromEmbedding: [30],
  };

  it('are ratios of the same turn', () => {
    const figures = servingFigures(measured, 1e9, 100);
    const value = (what: string) => figures.find((figure) => figure.what === what)?.value;
    expect(value('packed / single')).toBe(4);
    expect(value('workerd / native')).toBe(0.25);
    expect(value('packed answers a CPU second')).toBe(1280);
    expect(value('answers of a sweep a CPU second')).toBe(200);
    expect(value('sweep, one prefix / from the embedding')).toBe(3);
    // 28 ms - (200 ms - 28 ms) / 7
    expect(value('HTTP and JSON')).toBeCloseTo(3.43, 2);
  });

  it('take what noise makes of a small difference for none, but no impossible one', () => {
    const overhead = (oneRun: number) =>
      servingFigures({ ...measured, oneRun: [oneRun] }, 1e9, 100).find(
        ({ what }) => what === 'HTTP and JSON',
      )?.value;
    // 20 ms - (200 ms - 20 ms) / 7 = -5.7 ms
    expect(overhead(20)).toBe(0);
    expect(() => overhead(5)).toThrow('"HTTP and JSON" is -22.86 ms');
  });

  it('are refused where a cache answered, which makes WebAssembly faster than native code', () => {
    // What a cache gave once: 6.25 times native, as fast packed as not, and a share of 107 %.
    const cached = { ...measured, packed: [8], single: [8], oneRun: [8.6] };
    expect(() => servingFigures(cached, 1e9, 100)).toThrow('"workerd / native" is 6.250 x');
    expect(() => servingFigures({ ...cached, native: [1] }, 1e9, 100)).toThrow('cannot be true');
  });
});

it('an answer from a cache is refused, and another one is not', async () => {
  const worker = (status: string) => ({
    fetch: () => Promise.resolve(new Response('{}', { headers: { 'cache-status': status } })),
  });
  const ask = (status: string) => askUncached(worker(status), '/v1/compare');
  await expect(ask('bindscope; fwd=miss; stored')).resolves.toBe('{}');
  await expect(ask('bindscope; hit')).rejects.toThrow('the cache answered /v1/compare');
});

it('works are measured in turns, of which the first only warms up', async () => {
  const order: string[] = [];
  const work = (name: string) => (turn: number) => {
    order.push(`${name}${turn}`);
    return Promise.resolve(10 * turn);
  };
  const measured = await measureInTurns({ a: work('a'), b: work('b') }, 2);
  expect(order).toEqual(['a0', 'b0', 'a1', 'b1', 'a2', 'b2']);
  expect(measured).toEqual({ a: [10, 20], b: [10, 20] });
});

describe('a verdict', () => {
  it('needs quartiles apart and 5 % of difference', () => {
    const before = times([99, 100, 101]);
    const verdict = (values: number[]) => verdictOf(before, times(values));
    expect(verdict([109, 110, 111])).toEqual({ ratio: 1.1, verdict: 'worse' });
    expect(verdict([89, 90, 91])).toEqual({ ratio: 0.9, verdict: 'better' });
    expect(verdict([103, 103, 103]).verdict).toBe('same');
    expect(verdict([80, 110, 140]).verdict).toBe('same');
  });

  it('is of ratios alone on another machine', () => {
    const ratio = figureOf('ratio', [2], { unit: 'x', better: 'higher' });
    const before = resultOf([times([100]), ratio]);
    const faster = resultOf(
      [times([50]), { ...ratio, value: 1, quartiles: [1, 1] }],
      'another one',
    );
    const there = compareResults(before, faster);
    expect(there).toMatchObject({ sameMachine: false, skipped: 1 });
    expect(there.compared).toMatchObject([{ what: 'ratio', verdict: 'worse' }]);
    const here = compareResults(before, resultOf([times([50]), ratio]));
    expect(here.compared.map(({ verdict }) => verdict)).toEqual(['better', 'same']);
  });
});

describe('earlier results', () => {
  const written = JSON.stringify(resultOf([times([1])]));

  it('are read as they were written', () => {
    expect(parseResult(written, 'old.json')).toEqual(JSON.parse(written));
  });

  it.each([
    ['no JSON', '{', 'old.json is not JSON'],
    ['something else', '{"schema":1}', 'old.json is no result of npm run bench'],
    ['a smoke test', written.replace('"smoke":false', '"smoke":true'), 'a smoke test'],
  ])('are refused: %s', (_, text, message) => {
    expect(() => parseResult(text, 'old.json')).toThrow(message);
  });
});

it('docs/performance.md and its figures are those of bench/results.json', async () => {
  const files = await filesOf(publishedResult());
  expect(files.size).toBeGreaterThan(1);
  for (const [path, text] of files) {
    expect(readFileSync(join(ROOT, path), 'utf8') === text, path).toBe(true);
  }
});
