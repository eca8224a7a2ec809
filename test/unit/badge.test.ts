import fc from 'fast-check';
import { expect, it } from 'vitest';
import { proportion } from '../../statistics/intervals.ts';
import { roundedShare } from '../../worker/embeds/badge.ts';

it.each([
  [1641, 14_000, '12 % ± 1'],
  [14_000, 14_000, '100 % ± 1'],
  [1, 2, '50 % ± 41'],
])('%d of %d is %s', (right, count, shown) => {
  expect(roundedShare(proportion(right, count))).toBe(shown);
});

it('never claims less than the 95 % interval, nor a whole percent more', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (n, p) => {
        const share = proportion(Math.round(p * n), n);
        const [centre = NaN, margin = NaN] = roundedShare(share).split(' % ± ').map(Number);
        const [low, high] = [100 * share.interval[0], 100 * share.interval[1]];
        expect(centre - margin).toBeLessThanOrEqual(low + 1e-9);
        expect(centre + margin).toBeGreaterThanOrEqual(high - 1e-9);
        expect(Math.min(low - (centre - margin), centre + margin - high)).toBeLessThan(1);
      },
    ),
  );
});
