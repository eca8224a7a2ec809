import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countRatio } from '../../statistics/ratios.ts';
import { fisherExact, mcNemarExact } from '../../statistics/exact-tests.ts';
import { holm } from '../../statistics/multiple-comparisons.ts';
import { proportion } from '../../statistics/intervals.ts';
import { elementAt } from '../../task/element-at.ts';

describe('the Wilson interval', () => {
  it.each([
    // Newcombe 1998 (Statistics in Medicine 17), table I, method 3.
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('of %i in %i is that of the literature', (right, count, low, high) => {
    const { interval } = proportion(right, count);
    expect(interval[0]).toBeCloseTo(low, 4);
    expect(interval[1]).toBeCloseTo(high, 4);
  });

  it('holds the share, lies in [0, 1] and mirrors', () => {
    const counts = fc
      .integer({ min: 1, max: 5000 })
      .chain((count) => fc.tuple(fc.integer({ min: 0, max: count }), fc.constant(count)));
    fc.assert(
      fc.property(counts, ([right, count]) => {
        const { accuracy, interval } = proportion(right, count);
        const mirrored = proportion(count - right, count).interval;
        expect(interval[0]).toBeGreaterThanOrEqual(0);
        expect(interval[1]).toBeLessThanOrEqual(1);
        expect(interval[0]).toBeLessThanOrEqual(accuracy);
        expect(interval[1]).toBeGreaterThanOrEqual(accuracy);
        expect(interval[0]).toBeCloseTo(1 - mirrored[1], 12);
      }),
    );
  });

  it('of nothing is everything', () => {
    expect(proportion(0, 0).interval).toEqual([0, 1]);
  });
});

describe('the ratio of two counts', () => {
  it('has the odds of the Wilson interval as its own', () => {
    // 15 of 148, as above: 0.0624 / 0.9376 and 0.1605 / 0.8395.
    const { ratio, interval } = countRatio(15, 133);
    expect(ratio).toBeCloseTo(15.5 / 133.5, 12);
    expect(interval[0]).toBeCloseTo(0.0666, 3);
    expect(interval[1]).toBeCloseTo(0.1912, 3);
  });

  it.each([
    [0, 20, 0.5 / 20.5, 0, 0.192],
    [20, 0, 41, 5.206, null],
    [0, 0, 1, 0, null],
  ])('of %i to %i is finite', (a, b, ratio, low, high) => {
    const found = countRatio(a, b);
    expect(found.ratio).toBeCloseTo(ratio, 9);
    expect(found.interval[0]).toBeCloseTo(low, 3);
    if (high === null) expect(found.interval[1]).toBeNull();
    else expect(found.interval[1]).toBeCloseTo(high, 3);
  });

  it('lies in its interval, which turns over with it', () => {
    const count = fc.integer({ min: 0, max: 2000 });
    fc.assert(
      fc.property(count, count, (a, b) => {
        const { ratio, interval } = countRatio(a, b);
        expect(ratio).toBeGreaterThanOrEqual(interval[0]);
        expect(ratio).toBeLessThanOrEqual(interval[1] ?? Infinity);
        const turned = countRatio(b, a);
        if (interval[1] !== null) expect(turned.interval[0] * interval[1]).toBeCloseTo(1, 6);
      }),
    );
  });
});

describe("McNemar's exact test", () => {
  /** Two-sided binomial test of a fair coin, summed in whole numbers. */
  function binomial(onlyA: number, onlyB: number): number {
    const flips = BigInt(onlyA + onlyB);
    let term = 1n;
    let tail = 0n;
    for (let k = 0n; k <= BigInt(Math.min(onlyA, onlyB)); k++) {
      tail += term;
      term = (term * (flips - k)) / (k + 1n);
    }
    // 60 bits are enough to compare, and few enough to become a number.
    return Math.min(1, Number((2n * tail * 2n ** 60n) / 2n ** flips) / 2 ** 60);
  }

  it('is the binomial test of the queries that only one got right', () => {
    const count = fc.integer({ min: 0, max: 400 });
    fc.assert(
      fc.property(count, count, (onlyA, onlyB) => {
        expect(mcNemarExact(onlyA, onlyB)).toBeCloseTo(binomial(onlyA, onlyB), 9);
      }),
    );
  });

  it.each([
    [0, 0, 1],
    [0, 1, 1],
    [0, 6, 0.03125],
    [1, 9, 0.021484375],
    [5, 5, 1],
  ])('of %i and %i is %f', (onlyA, onlyB, p) => {
    expect(mcNemarExact(onlyA, onlyB)).toBeCloseTo(p, 12);
  });

  it('is symmetric and does not underflow', () => {
    expect(mcNemarExact(900, 1100)).toBe(mcNemarExact(1100, 900));
    // 2 / 2^1000, in the last third of what a double can hold; 2 / 2^2000 is less than it can.
    expect(mcNemarExact(0, 1000) * 2 ** 999).toBeCloseTo(1, 9);
    expect(mcNemarExact(0, 2000)).toBe(0);
    expect(mcNemarExact(980, 1020)).toBeGreaterThan(0.3);
  });
});

describe("Fisher's exact test", () => {
  it.each([
    // Fisher 1935, the lady tasting tea: 3 of 4 cups.
    [3, 4, 1, 4, 0.4857142857],
    // Every table counts whose probability is no greater, from either side; summed in whole numbers.
    [1, 10, 11, 14, 5412 / 1961256],
    [0, 5, 5, 5, 2 / 252],
    [0, 0, 3, 4, 1],
    [64, 64, 64, 64, 1],
  ])('of %i in %i against %i in %i', (correct, count, otherRight, otherCount, p) => {
    const [a, b] = [
      { correct, count },
      { correct: otherRight, count: otherCount },
    ];
    expect(fisherExact(a, b)).toBeCloseTo(p, 9);
    expect(fisherExact(b, a)).toBeCloseTo(p, 9);
  });
});

describe("Holm's correction", () => {
  it('is that of the literature', () => {
    // Holm 1979: the smallest times 4, the next times 3, and never less than the one before.
    const expected = [0.03, 0.06, 0.06, 0.02];
    holm([0.01, 0.04, 0.03, 0.005]).forEach((p, place) => {
      expect(p).toBeCloseTo(elementAt(expected, place), 12);
    });
    expect(holm([0.5, 0.9])).toEqual([1, 1]);
    expect(holm([])).toEqual([]);
  });

  it('lies between no correction and that of Bonferroni', () => {
    const p = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(p, { maxLength: 30 }), (pValues) => {
        holm(pValues).forEach((adjusted, place) => {
          expect(adjusted).toBeGreaterThanOrEqual(elementAt(pValues, place));
          expect(adjusted).toBeLessThanOrEqual(
            Math.min(1, pValues.length * elementAt(pValues, place)),
          );
        });
      }),
    );
  });
});
