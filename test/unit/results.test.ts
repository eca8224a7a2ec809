import { describe, expect, it } from 'vitest';
import { packBits } from '../../contract/bitset.ts';
import type { Answers } from '../../contract/answers.ts';
import type { ModelCard } from '../../contract/card.ts';
import { compareOutcomes } from '../../statistics/paired-comparison.ts';
import { rankCorrelation } from '../../reports/mechanism.ts';
import {
  commonOutcomes,
  gainsOverSeeds,
  readPaired,
  type PairedTest,
} from '../../reports/paired.ts';
import { variantOf, type ModelResults } from '../../reports/runs.ts';
import { overSeeds, readRegimes } from '../../reports/seeds.ts';
import { shippedCard } from '../support/shipped.ts';

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

describe('A size', () => {
  const card = shippedCard('image-text');
  const run = (change: Partial<ModelCard['recipe']>, ood = 0.5): ModelResults => {
    const results = card.evaluation.results.map((one) => ({
      ...one,
      ood: { ...one.ood, accuracy: ood },
    }));
    const evaluation = { ...card.evaluation, results };
    return { card: { ...card, recipe: { ...card.recipe, ...change }, evaluation } };
  };

  it('is named where it is not the usual one, as are encoder and patches', () => {
    expect(variantOf(run({}))).toBe('');
    expect(variantOf(run({ preset: 'paper', grid: 7 }))).toBe('paper size');
    expect(variantOf(run({ grid: 14 }))).toBe('14 x 14 patches');
    const encoder = card.recipe.encoder && { ...card.recipe.encoder, name: 'supervised' };
    expect(variantOf(run({ preset: 'paper', encoder }))).toBe(
      'paper size, supervised, 6 x 6 patches',
    );
    // Who never sees a picture is the same on any grid.
    expect(variantOf(run({ grid: 14, encoder: undefined }))).toBe('');
  });

  it('is read beside the paper by itself', () => {
    const small = [run({ regime: 'text-only' }, 0.2), run({}, 0.6)];
    const paper = { preset: 'paper', grid: 7 };
    const large = [run({ ...paper, regime: 'text-only' }, 0.5), run(paper, 0.5)];
    const read = readRegimes([...small, ...large]);
    expect(read).toContain(
      'Pictures multiply OOD accuracy on text by 3.00 (one seed; paper: 1.87). From low to high: ' +
        'text-only, image-text; as in the paper.',
    );
    expect(read).toContain('At paper size, pictures multiply OOD accuracy on text by 1.00');
    expect(readRegimes([small[0], large[1]])).toBe('');
  });

  it('is read over its seeds, which say what may be chance', () => {
    const of = (regime: string, oods: readonly number[]) =>
      oods.map((ood, seed) => {
        const one = run({ regime }, ood);
        return { ...one, card: { ...one.card, seed } };
      });
    const read = readRegimes([
      ...of('text-only', [0.1, 0.2, 0.1]),
      ...of('noise-text', [0.1, 0.7, 0.2]),
      ...of('image-text', [0.4, 0.8, 0.4]),
    ]);
    // Four times as much in each seed.
    expect(read).toContain('by 4.00 [4.00, 4.00] (geometric mean of 3 seeds; paper: 1.87)');
    // 0, 0.5, 0.1 and 0.3, 0.1, 0.2, with t(0.975, 2) = 4.3027.
    expect(read).toContain(
      'Not clear of 0 over these seeds: text-only to noise-text (20.0 points [-45.7, 85.7]), ' +
        'noise-text to image-text (20.0 points [-4.8, 44.8]).',
    );
  });
});

describe('What the ratio says of OOD accuracy', () => {
  it('is told within each mechanism, too: two clusters alone correlate', () => {
    const cluster = (from: number, up: readonly number[]) =>
      up.map((ood, place) => ({ ratio: from + place / 10, ood: ood / 100 }));
    const below = cluster(0.1, [14, 13, 12, 11, 15, 16]);
    const above = cluster(11, [94, 93, 92, 91, 95, 96]);
    const read = rankCorrelation([...below, ...above], 'runs');
    // Of six, 0.43 may be anything: tanh(atanh(0.4286) +- 1.96 * sqrt((1 + 0.4286^2 / 2) / 3)).
    expect(read).toContain('0.43 [-0.62, 0.93] (those above 1, 6 runs), 0.43 [-0.62, 0.93]');
    expect(read).toMatch(/accuracy: 0\.86 \[0\.48, 0\.97\] \(all together, 12 runs\)/);
    expect(read).toContain(
      'So the ratio tracks OOD accuracy over all; among those on one side of 1 nothing shows that it does.',
    );
    expect(rankCorrelation(below, 'runs')).toContain('nothing shows that the ratio tracks OOD');
  });

  it('is nothing where the ratio hardly differs', () => {
    const same = [0.2, 0.4, 0.6, 0.8].map((ood) => ({ ratio: 2, ood }));
    expect(rankCorrelation(same, 'runs')).toMatch(/^Too few runs/);
  });
});

describe('A reading of paired tests', () => {
  const test = (seed: number, gain: number, pValue: number): PairedTest => ({
    ...{ before: 'text-only', after: 'image-text', seed, variant: '' },
    ...{ gain, onlyBefore: 0, onlyAfter: 0, count: 100, pValue },
  });

  it('has the range of gains, and says how many are no accident', () => {
    expect(readPaired([test(0, 0.4, 0.001), test(1, -0.02, 0.6)])).toBe(
      '- Do pictures help? text-only → image-text: -2.0 to 40.0 points; of 2 tested, 1 up and 0 down with p < 0.05.',
    );
  });

  it('has the mean gain of those with several seeds', () => {
    const large = { ...test(0, 0.3, 0.001), variant: 'paper size' };
    const rows = gainsOverSeeds([test(0, 0.4, 0.001), test(1, 0.5, 0.6), test(2, 0.6, 0.1), large]);
    expect(rows.split('\n').slice(2)).toEqual([
      '| text-only | image-text | - | 0, 1, 2 | 50.0 [25.2, 74.8] |',
    ]);
  });

  it('names other encoders and sizes', () => {
    const other = { ...test(0, 0.3, 0.001), variant: 'supervised' };
    expect(readPaired([other])).toContain('1 up and 0 down with p < 0.05; among them supervised.');
  });
});

describe('Answers of two models', () => {
  const answers = (correct: readonly boolean[], seed = 3): Answers => ({
    ...{ schema: 1, digest: '0'.repeat(64), split: 'test', seed },
    results: [
      {
        ...{ modality: 'text', order: 'context', objects: 12, count: correct.length },
        correct: packBits(correct),
      },
    ],
  });
  const few = answers([true, false, true]);

  it('are paired on the queries that both were asked', () => {
    const [a, b] = commonOutcomes(few, answers([true, true, false, false, false]));
    const { pairs } = compareOutcomes([
      { model: 'a', byObjects: a },
      { model: 'b', byObjects: b },
    ]);
    expect(pairs[0].ood).toMatchObject({ count: 3, both: 1, onlyA: 1, onlyB: 1, neither: 0 });
  });

  it('are not paired where the queries are others', () => {
    expect(() => commonOutcomes(few, answers([true], 4))).toThrow(/seed 3.*seed 4/);
    const [long, short] = [[true, false], [true]].map((correct) => ({
      model: 'm',
      byObjects: [{ objects: 12, correct }],
    }));
    expect(() => compareOutcomes([long, short])).toThrow(RangeError);
  });
});
