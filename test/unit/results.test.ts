import { describe, expect, it } from 'vitest';
import { overSeeds } from '../../trainer/results/seeds.ts';

describe('A mean over seeds', () => {
  it('has the t-interval of its sample', () => {
    // Mean 0.5, standard deviation 0.1, t(0.975, 2) = 4.3027: 0.5 +- 4.3027 * 0.1 / sqrt(3).
    expect(overSeeds([0.4, 0.5, 0.6])).toBe('50.0 % [25.2, 74.8]');
  });

  it('claims no interval from one seed, and nothing from none', () => {
    expect(overSeeds([0.25])).toBe('25.0 %');
    expect(overSeeds([])).toBe('-');
  });

  it('stays within what a share can be', () => {
    expect(overSeeds([1, 0.9])).toMatch(/^95\.0 % \[\d+\.\d, 100\.0\]$/);
  });
});
