import { cumulativeStdNormalProbability, mean, sampleSkewness, variance } from 'simple-statistics';
import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../task/random.ts';

const DRAWS = 20_000;

/** How often each value was drawn. */
function countsOf<T>(draw: () => T): ReadonlyMap<T, number> {
  const counts = new Map<T, number>();
  for (let i = 0; i < DRAWS; i++) {
    const value = draw();
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return counts;
}

/** Expects each share within five standard errors: one of a million right streams fails. */
function expectShares<T>(counts: ReadonlyMap<T, number>, shares: ReadonlyMap<T, number>): void {
  expect(new Set(counts.keys())).toEqual(new Set(shares.keys()));
  for (const [value, share] of shares) {
    const standardError = Math.sqrt((share * (1 - share)) / DRAWS);
    expect(Math.abs((counts.get(value) ?? 0) / DRAWS - share)).toBeLessThan(5 * standardError);
  }
}

const equalShares = <T>(values: readonly T[]) =>
  new Map(values.map((value) => [value, 1 / values.length]));

describe('a stream of random numbers', () => {
  it('draws each whole number below a bound equally often, and 0 where there is one', () => {
    const stream = new RandomStream([1, 2, 3, 4]);
    expectShares(
      countsOf(() => stream.below(5)),
      equalShares([0, 1, 2, 3, 4]),
    );
    expect(stream.below(1)).toBe(0);
    // Nothing was drawn for the bound of 1.
    const other = new RandomStream([1, 2, 3, 4]);
    for (let i = 0; i < DRAWS; i++) other.below(5);
    expect(stream.uniform()).toBe(other.uniform());
  });

  it('draws normal deviates: mean 0, variance 1, no skew, and the shares of the normal distribution', () => {
    const stream = new RandomStream([5, 6, 7, 8]);
    const values = Array.from({ length: DRAWS }, () => stream.normal());
    expect(values.every(Number.isFinite)).toBe(true);
    expect(Math.abs(mean(values))).toBeLessThan(5 / Math.sqrt(DRAWS));
    expect(Math.abs(variance(values) - 1)).toBeLessThan(5 * Math.sqrt(2 / DRAWS));
    expect(Math.abs(sampleSkewness(values))).toBeLessThan(5 * Math.sqrt(6 / DRAWS));
    for (const limit of [-2, -1, 0, 0.5, 1.5]) {
      const share = cumulativeStdNormalProbability(limit);
      const below = values.filter((value) => value < limit).length / DRAWS;
      expect(Math.abs(below - share)).toBeLessThan(5 * Math.sqrt((share * (1 - share)) / DRAWS));
    }
  });

  it('draws samples without repetition, each in each order equally often', () => {
    const stream = new RandomStream([9, 10, 11, 12]);
    const pairs = [0, 1, 2].flatMap((a) =>
      [0, 1, 2].filter((b) => b !== a).map((b) => `${a},${b}`),
    );
    expectShares(
      countsOf(() => stream.sample(2, 3).join()),
      equalShares(pairs),
    );
    expect(stream.sample(0, 3)).toEqual([]);
    expect(stream.sample(3, 3).sort()).toEqual([0, 1, 2]);
  });

  it('draws choices in proportion to their shares, and never one with a share of 0', () => {
    const stream = new RandomStream([13, 14, 15, 16]);
    const shares = new Map([
      ['never', 0],
      ['seldom', 0.1],
      ['often', 0.6],
      ['at times', 0.3],
    ]);
    const counts = countsOf(() =>
      stream.weighted([...shares.keys()], (key) => shares.get(key) ?? 0),
    );
    expect(counts.has('never')).toBe(false);
    shares.delete('never');
    expectShares(counts, shares);
  });

  it('draws from the seed of zeros too', () => {
    const stream = new RandomStream([0, 0, 0, 0]);
    expect(new Set(Array.from({ length: 100 }, () => stream.uniform())).size).toBe(100);
  });
});
