import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  canFail,
  detectionPower,
  minimumDetectableLoss,
  POWER,
  queriesToDetect,
} from '../../statistics/detectable-loss.ts';
import { pairOutcomes } from '../../statistics/paired-comparison.ts';
import { RandomStream } from '../../task/random.ts';
import { ROOT } from '../../build/paths.ts';

/** Powers by SciPy, summed over every outcome (test/golden/detectable-loss.py). */
const { cases } = z
  .object({
    cases: z.array(
      z.object({
        count: z.number(),
        correct: z.number(),
        flipRate: z.number(),
        threshold: z.number(),
        minimumEffect: z.number(),
        powers: z.array(z.object({ loss: z.number(), power: z.number() })),
        minimumDetectableLoss: z.number().nullable(),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(join(ROOT, 'test/golden/detectable-loss.json'), 'utf8')));

describe.each(cases)('$correct of $count correct, $flipRate flips, p at most $threshold', (one) => {
  it('has the powers that SciPy sums over every outcome', () => {
    for (const { loss, power } of one.powers) {
      expect(detectionPower(one, loss, one)).toBeCloseTo(power, 9);
    }
  });

  it('has the smallest detectable loss that a search of every loss finds', () => {
    expect(minimumDetectableLoss(one, one)).toBe(one.minimumDetectableLoss);
  });
});

describe('a comparison', () => {
  const rule = { threshold: 0.05, minimumEffect: 0.02 };

  it('of five queries cannot fail, of six it can: 2 / 2^5 is above 5 %, 2 / 2^6 is not', () => {
    expect(canFail({ correct: 5, count: 5 }, rule)).toBe(false);
    expect(canFail({ correct: 6, count: 6 }, rule)).toBe(true);
    expect(canFail({ correct: 6, count: 400 }, rule)).toBe(false);
  });

  it('detects a loss as often as in 20,000 simulated checks', () => {
    const known = { correct: 130, count: 200, flipRate: 0.03 };
    const loss = 0.08;
    const draw = new RandomStream([0xde7ec7, 0, 0, 0]);
    const runs = 20_000;
    let failed = 0;
    const before = Array.from({ length: known.count }, (_, query) => query < known.correct);
    const lost = ((known.flipRate + loss) * known.count) / known.correct;
    const fixed = (known.flipRate * known.count) / (known.count - known.correct);
    for (let run = 0; run < runs; run++) {
      const after = before.map((correct) =>
        correct ? draw.uniform() >= lost : draw.uniform() < fixed,
      );
      const { onlyA, onlyB, pValue } = pairOutcomes(before, after);
      if ((onlyA - onlyB) / known.count >= 0.02 && pValue <= 0.01) failed++;
    }
    const power = detectionPower(known, loss, { threshold: 0.01, minimumEffect: 0.02 });
    // Four standard errors.
    expect(Math.abs(failed / runs - power)).toBeLessThan(4 * Math.sqrt(0.25 / runs));
  });

  it('needs so many queries to detect a loss that it detects it with them, and not with fewer', () => {
    const known = { correct: 150, count: 200, flipRate: 0.02 };
    const enough = queriesToDetect(known, 0.05, rule, 10_000) ?? 0;
    const power = (count: number) =>
      detectionPower({ ...known, correct: Math.round(0.75 * count), count }, 0.05, rule);
    expect(enough).toBeGreaterThan(200);
    expect(power(enough)).toBeGreaterThanOrEqual(POWER);
    expect(power(enough - 1)).toBeLessThan(POWER);
    expect(queriesToDetect(known, 0.05, rule, enough - 1)).toBeNull();
    // A loss of the minimum effect is seen as less than that in half of the checks.
    expect(queriesToDetect(known, 0.02, rule, 100_000)).toBeNull();
  });

  it('of 64,000 queries is computed as one of few', () => {
    const loss = minimumDetectableLoss({ correct: 32_000, count: 64_000, flipRate: 0.02 }, rule);
    expect(loss).toBeGreaterThan(0.02);
    expect(loss).toBeLessThan(0.023);
  });
});
