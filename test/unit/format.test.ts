import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatNumber,
  formatPercent,
  formatPercentInterval,
  formatPValue,
  formatSignificant,
} from '../../statistics/format.ts';

describe('formatNumber', () => {
  it('groups thousands and has as many digits as asked for', () => {
    expect(formatNumber(2800)).toBe('2,800');
    expect(formatNumber(2800, { locale: 'de', digits: 1 })).toBe('2.800,0');
  });

  it('never writes a negative zero', () => {
    expect(formatNumber(-0.04, { digits: 1 })).toBe('0.0');
  });
});

describe('formatPercent', () => {
  it('has one decimal and its sign unless other ones are asked for', () => {
    expect(formatPercent(0.7273)).toBe('72.7 %');
    expect(formatPercent(0.7273, { locale: 'de', sign: '\u00a0%' })).toBe('72,7\u00a0%');
    expect(formatPercent(-0.0213, { sign: '' })).toBe('-2.1');
  });

  it('shows 0 and 100 of exactly none and all alone, where it is guarded', () => {
    const guarded = (share: number, digits = 0) => formatPercent(share, { digits, guarded: true });
    expect([0, 1, 0.5].map((share) => guarded(share))).toEqual(['0 %', '100 %', '50 %']);
    expect(guarded(508 / 510)).toBe('99.6 %');
    expect(guarded(1 / 510)).toBe('0.2 %');
    expect(guarded(27_999 / 28_000)).toBe('>99.9 %');
    expect(guarded(1 / 28_000, 1)).toBe('<0.1 %');
  });

  it('is never a plain 0 or 100 of another share, where it is guarded', () => {
    const inside = fc.double({ min: 0, max: 1, minExcluded: true, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(inside, fc.constantFrom(0, 1, 2), (share, digits) => {
        expect(formatPercent(share, { digits, guarded: true })).not.toMatch(/^(0|100)([.,]0+)? %$/);
      }),
    );
  });
});

describe('formatPercentInterval', () => {
  it('separates its ends by what is no decimal sign', () => {
    expect(formatPercentInterval([0.722, 0.732])).toBe('[72.2, 73.2]');
    expect(formatPercentInterval([0.722, 0.732], { locale: 'fr' })).toBe('[72,2; 73,2]');
  });
});

describe('formatSignificant', () => {
  it('keeps significant digits and has no exponent', () => {
    expect([1025, 336.2, 0.000983, 5, 1e-7].map((value) => formatSignificant(value))).toEqual([
      '1025',
      '336',
      '0.000983',
      '5',
      '0.0000001',
    ]);
  });
});

describe('formatPValue', () => {
  it('does not claim digits of a tiny probability', () => {
    expect([0, 0.00009, 0.0428, 1].map(formatPValue)).toEqual([
      '< 0.0001',
      '< 0.0001',
      '0.043',
      '1',
    ]);
  });
});
