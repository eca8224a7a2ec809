import { describe, expect, it } from 'vitest';
import { rankCorrelation } from '../../trainer/results/mechanism.ts';
import { readPaired, type PairedTest } from '../../trainer/results/paired.ts';
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

describe('What the ratio says of OOD accuracy', () => {
  it('is told within each mechanism, too: two clusters alone correlate', () => {
    const below = [0.1, 0.2, 0.3].map((ratio, place) => ({ ratio, ood: 0.3 - 0.1 * place }));
    const above = [11, 12, 13].map((ratio, place) => ({ ratio, ood: 0.9 - 0.1 * place }));
    expect(rankCorrelation([...below, ...above], 'runs')).toBe(
      'Rank correlation (Spearman) of the symbolic/positional ratio with OOD accuracy: ' +
        '0.54 (all together, 6 runs), -1.00 (those above 1, 3 runs), -1.00 (those below 1, 3 runs).',
    );
  });

  it('is nothing where the ratio hardly differs', () => {
    const same = [0.2, 0.4, 0.6, 0.8].map((ood) => ({ ratio: 2, ood }));
    expect(rankCorrelation(same, 'runs')).toMatch(/^Too few runs/);
  });
});

describe('A reading of paired tests', () => {
  const test = (seed: number, gain: number, pValue: number): PairedTest => ({
    ...{ before: 'text-only', after: 'image-text', question: '', seed, encoder: 'random' },
    ...{ gain, onlyBefore: 0, onlyAfter: 0, count: 100, pValue },
  });

  it('has the range of gains, and says how many are no accident', () => {
    expect(readPaired([test(0, 0.4, 0.001), test(1, -0.02, 0.6)])).toBe(
      '- Do pictures help? text-only → image-text: -2.0 to 40.0 points, 1 of 2 tested p < 0.05.',
    );
  });

  it('counts other encoders', () => {
    const other = { ...test(0, 0.3, 0.001), encoder: 'supervised' };
    expect(readPaired([other])).toContain('30.0 points, 1 of 1 tested p < 0.05, 1 with other');
  });
});
