import { describe, expect, it } from 'vitest';
import { packBits } from '../../contract/bitset.ts';
import type { Answers } from '../../contract/answers.ts';
import type { TrainedCard } from '../../contract/card.ts';
import { fillIn } from '../../reports/fill-in.ts';
import { conclude, gainsOf, gainTable, readGains } from '../../reports/gains.ts';
import { variantOf, type ModelResults } from '../../reports/model-results.ts';
import { commonOutcomes, pairedTests, type PairedTest } from '../../reports/paired.ts';
import { CONTRASTS, QUESTIONS } from '../../reports/questions.ts';
import { rankCorrelation } from '../../reports/rank-correlation.ts';
import { readingsTable } from '../../reports/readings.ts';
import { overSeeds } from '../../reports/seeds.ts';
import { proportion } from '../../statistics/intervals.ts';
import { REGIME_NAMES } from '../../trainer/regimes/index.ts';
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

describe('A variant', () => {
  const card = shippedCard('image-text');
  const run = (change: Partial<TrainedCard['recipe']>) => ({
    card: { ...card, recipe: { ...card.recipe, ...change } },
  });

  it('is named where it is not the usual one, as are encoder and patches', () => {
    expect(variantOf(run({}))).toBe('');
    expect(variantOf(run({ preset: 'paper', grid: 7 }))).toBe('paper size');
    expect(variantOf(run({ grid: 14 }))).toBe('14 x 14 patches');
    const encoder = card.recipe.encoder && { ...card.recipe.encoder, name: 'supervised' };
    expect(variantOf(run({ preset: 'paper', encoder }))).toBe(
      'paper size, supervised, 6 x 6 patches',
    );
    // A model that sees no picture is the same with any number of patches.
    const { recipe } = shippedCard('text-only');
    expect(variantOf({ card: { ...card, recipe: { ...recipe, grid: 14 } } })).toBe('');
  });
});

describe('What the ratio says of OOD accuracy', () => {
  it('is also given within each mechanism, since two clusters alone correlate', () => {
    const cluster = (from: number, up: readonly number[]) =>
      up.map((ood, place) => ({ ratio: from + place / 10, ood: ood / 100 }));
    const below = cluster(0.1, [14, 13, 12, 11, 15, 16]);
    const above = cluster(11, [94, 93, 92, 91, 95, 96]);
    const read = rankCorrelation([...below, ...above], 'runs');
    // Of six, 0.43 may be anything: tanh(atanh(0.4286) +- 1.96 * sqrt((1 + 0.4286^2 / 2) / 3)).
    expect(read).toContain(
      '0.86 [0.48, 0.97] (12) for all 12 runs; 0.43 [-0.62, 0.93] (6) for ratios above 1; ' +
        '0.43 [-0.62, 0.93] (6) for ratios below 1.',
    );
    expect(read).toContain(
      'Over all runs a higher ratio goes with a higher OOD accuracy. Among runs on the same side of 1 ' +
        'nothing shows this.',
    );
    expect(rankCorrelation(below, 'runs')).toContain('Nothing shows that a higher ratio');
  });

  it('is nothing where the ratio hardly differs', () => {
    const same = [0.2, 0.4, 0.6, 0.8].map((ood) => ({ ratio: 2, ood }));
    expect(rankCorrelation(same, 'runs')).toMatch(/^Too few runs/);
  });
});

describe('The gain of a contrast', () => {
  const contrast = CONTRASTS.find(({ after }) => after === 'image-text');
  if (!contrast) throw new Error('no question compares image-text');
  const model = { name: 'model', card: shippedCard('image-text') };
  const test = (seed: number, gain: number, pValue: number, variant = ''): PairedTest => ({
    ...{ contrast, variant, gain, pValue },
    before: { ...model, card: { ...model.card, seed } },
    after: model,
    ...{ onlyBefore: 0, onlyAfter: 0, count: 100 },
  });
  const only = (...tests: PairedTest[]) => {
    const [gain] = gainsOf([contrast], tests);
    if (!gain) throw new Error('no gain');
    return gain;
  };

  it('is the mean of its seeds, each variant by itself, and counts their tests', () => {
    const tests = [test(0, 0.4, 0.001), test(1, 0.5, 0.6), test(2, 0.6, 0.1)];
    const gains = gainsOf([contrast], [...tests, test(0, 0.3, 0.001, 'paper size')]);
    // Mean 50, standard deviation 10, t(0.975, 2) = 4.3027: 50 +- 24.8.
    expect(gainTable(gains).split('\n').slice(2)).toEqual([
      '| `text-only` | `image-text` | - | 0, 1, 2 | +50.0 [25.2, 74.8] | 1 better, 2 undecided | better: the interval is above 0 |',
      '| `text-only` | `image-text` | paper size | 0 | +30.0 | 1 better | one seed: better (p = 0.001) |',
    ]);
    expect(readGains(gains)).toBe(
      '**In words:** `image-text` is better than `text-only` by 50.0 points (3 seeds).',
    );
  });

  it('is called decided only where its interval excludes 0', () => {
    expect(conclude(only(test(0, 0.4, 0.001), test(1, -0.2, 0.001)))).toMatch(/^not decided/);
    expect(conclude(only(test(0, -0.4, 0.001), test(1, -0.41, 0.001)))).toMatch(/^worse/);
    expect(readGains([only(test(0, 0.4, 0.001), test(1, -0.2, 0.001))])).toContain(
      'is not clearly different from',
    );
  });

  it('of one seed is decided by its test', () => {
    expect(conclude(only(test(0, 0.4, 0.06)))).toBe('one seed: no difference found');
    expect(conclude(only(test(0, -0.4, 1e-9)))).toBe('one seed: worse (p < 0.0001)');
  });
});

describe('The readings of the paper', () => {
  /** A run of a regime with this accuracy beyond training, of 1,000 queries. */
  const run = (regime: string, seed: number, correct: number): ModelResults => {
    const card = shippedCard('text-only');
    const results = card.evaluation.results.map((result) => ({
      ...result,
      ood: proportion(correct, 1000),
    }));
    const { recipe, evaluation } = card;
    return {
      name: `${regime}-${seed}`,
      card: {
        ...card,
        seed,
        recipe: { ...recipe, regime },
        evaluation: { ...evaluation, results },
      },
    };
  };

  it('stand beside the paper, each with its factor over text alone', () => {
    const rows = readingsTable([
      run('text-only', 0, 100),
      run('text-only', 1, 300),
      run('image-text', 0, 600),
      run('text-only-shuffled', 0, 400),
      run('image-text-shuffled', 0, 500),
      run('text-only-without-positions', 0, 400),
      run('image-text-without-positions', 0, 800),
    ]).split('\n');
    // The factor of image-text is over text alone of its only seed, 10 %. Seeds 10 % and 30 %: standard deviation 14.1, t(0.975, 1) = 12.7, cut to what a share can be.
    expect(rows).toContain(
      '| `text-only` | 37.2 %, x 1.00 | 20.0 % [0.0, 100.0], x 1.00 | - | 40.0 % [37.0, 43.1], x 1.00 | - | 40.0 % [37.0, 43.1], x 1.00 | - |',
    );
    expect(rows).toContain(
      '| `image-text` | 69.5 %, x 1.87 | 60.0 % [56.9, 63.0], x 6.00 | - | 50.0 % [46.9, 53.1], x 1.25 | - | 80.0 % [77.4, 82.4], x 2.00 | - |',
    );
    expect(rows).toContain('| `noise-text` | 57.5 %, x 1.55 | - | - | - | - | - | - |');
  });
});

describe('The questions of the results', () => {
  it('compare a pair of regimes once', () => {
    const pairs = CONTRASTS.map(({ before, after }) => `${before} ${after}`);
    expect(new Set(pairs).size).toBe(pairs.length);
  });

  it('show every regime that was measured', () => {
    const shown = new Set(QUESTIONS.flatMap(({ regimes }) => regimes));
    // It is a step on the way to shuffled-text, and is not measured by itself.
    const unmeasured = ['shuffled-only'];
    const asked = REGIME_NAMES.filter((regime) => !regime.includes('-without-'));
    expect(asked.filter((regime) => !shown.has(regime))).toEqual(unmeasured);
  });
});

describe('A place for a generated part', () => {
  const place = 'before\n<!-- results: seeds -->\nold\n<!-- /results -->\nafter';

  it('is filled in again and again, and the text around it stays', () => {
    const once = fillIn(place, { seeds: 'table', other: 'unused' });
    expect(once).toBe('before\n<!-- results: seeds -->\n\ntable\n\n<!-- /results -->\nafter');
    expect(fillIn(once, { seeds: 'table' })).toBe(once);
  });

  it('has to name a part that exists, and to end', () => {
    expect(() => fillIn(place, { models: 'table' })).toThrow(
      'no generated part is named "seeds"; there are models',
    );
    expect(() => fillIn('<!-- results: seeds -->', { seeds: 'table' })).toThrow(/is not closed/);
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
    expect(commonOutcomes(few, answers([true, true, false, false, false]))).toEqual([
      [
        { objects: 12, correct: [true, false, true] },
        { objects: 12, correct: [true, true, false] },
      ],
    ]);
  });

  it('are not paired where the queries are others', () => {
    expect(() => commonOutcomes(few, answers([true], 4))).toThrow(/seed 3.*seed 4/);
  });

  it('are tested where both are of one seed, with the gain of the second over the first', () => {
    const of = (regime: string, seed: number, correct: readonly boolean[]): ModelResults => {
      const card = shippedCard('text-only');
      return {
        name: `${regime}-${seed}`,
        card: { ...card, seed, recipe: { ...card.recipe, regime } },
        answers: answers(correct),
      };
    };
    const tests = pairedTests([
      of('text-only', 0, [true, false, false, false]),
      of('noise-text', 0, [false, true, true, true]),
      of('noise-text', 1, [true, true, true, true]),
    ]);
    expect(tests).toHaveLength(1);
    expect(tests[0]).toMatchObject({ gain: 0.5, onlyBefore: 1, onlyAfter: 3, count: 4 });
  });
});
