import type { Baseline, Tolerances } from '../contract/baseline.ts';
import type { CheckReport, RegressionTest } from '../contract/regression.ts';
import { SCHEMA_ADDRESSES } from '../contract/schema-addresses.ts';
import { elementAt } from '../task/element-at.ts';
import { POWER } from './detectable-loss.ts';
import { holm } from './multiple-comparisons.ts';
import { BaselineError, type Recording } from './recording.ts';
import { baselineFindings, modelFindings } from './regression-findings.ts';
import { compareModels, type UnadjustedTest } from './regression-tests.ts';
import {
  detectableLossOf,
  failureRule,
  insufficientFindings,
  testCanFail,
  withFlipRate,
  type FailureRules,
} from './sensitivity.ts';

export interface ComparisonOptions {
  /** Loss of accuracy that every comparison must be able to detect; where one is not, the verdict is insufficient. */
  readonly minimumDetectable?: number;
  /** Flip rate to assume, in place of the one seen. */
  readonly flipRate?: number;
}

/**
 * Compares the current results of a deployment with a baseline.
 *
 * The accuracy at each number of objects, and pooled in and out of distribution, is compared with
 * McNemar's test on the same queries; the symbolic share with Fisher's test. A change is a regression
 * where it is significant after Holm's correction over all tests and at least the minimum effect.
 *
 * @throws BaselineError where the two have different queries, or nothing in common to compare
 */
export function compareRecordings(
  before: Baseline,
  recording: Recording,
  { minimumDetectable, flipRate }: ComparisonOptions = {},
): CheckReport {
  const after = recording.figures;
  const { tolerances, plan } = before;
  const both = before.models.flatMap((model) => {
    const now = after.models.find(({ id }) => id === model.id);
    return now ? [[model, now] as const] : [];
  });
  const compared = both.flatMap(([model, now]) => compareModels(before, model, now, recording));
  const tests = addVerdicts(
    compared.flatMap((model) => model.tests),
    tolerances,
    flipRate,
  );
  const rule = failureRule(tests.length, tolerances);
  const findings = [
    ...baselineFindings(before, after),
    ...recording.failures,
    ...both.flatMap(([model, now]) => modelFindings(model, now, tolerances)),
    ...insufficientFindings(tests, plan, rule, minimumDetectable),
  ];
  const has = (level: 'failure' | 'insufficient') =>
    findings.some((finding) => finding.level === level);
  const failed = has('failure') || tests.some(({ verdict }) => verdict === 'regressed');
  if (tests.length === 0 && !failed) {
    throw new BaselineError('nothing was compared: no model of the baseline has a test');
  }
  return {
    $schema: SCHEMA_ADDRESSES.checkReport,
    verdict: failed ? 'regression' : has('insufficient') ? 'insufficient' : 'pass',
    before: sideOf(before),
    after: sideOf(after),
    tolerances,
    sensitivity: {
      power: POWER,
      threshold: rule.threshold,
      minimumDetectable: minimumDetectable ?? null,
    },
    findings,
    tests,
    flips: compared.flatMap(({ flips }) => flips),
    latency: both.map(([{ id, latency }, now]) => {
      return { model: id, before: latency, after: now.latency };
    }),
  };
}

const sideOf = ({ source, recorded, code }: Baseline) => ({
  source,
  recorded,
  code: code ?? null,
});

function addVerdicts(
  tests: readonly UnadjustedTest[],
  tolerances: Tolerances,
  flipRate: number | undefined,
): RegressionTest[] {
  const adjusted = holm(tests.map(({ pValue }) => pValue));
  const rule = failureRule(tests.length, tolerances);
  return tests.map((seen, index) => {
    const adjustedPValue = elementAt(adjusted, index);
    const test = flipRate === undefined ? seen : withFlipRate(seen, flipRate);
    return {
      ...test,
      adjustedPValue,
      verdict: verdictOf(test, adjustedPValue, tolerances, rule),
      detectableLoss: detectableLossOf(test, rule),
    };
  });
}

function verdictOf(
  test: UnadjustedTest,
  adjustedPValue: number,
  { alpha, minimumEffect, minimumShift }: Tolerances,
  rule: FailureRules,
): RegressionTest['verdict'] {
  const { metric, difference, regressed, fixed } = test;
  const minimum = metric === 'symbolic' ? minimumShift : minimumEffect;
  if (adjustedPValue <= alpha && Math.abs(difference) >= minimum && difference !== 0) {
    return difference < 0 ? 'regressed' : 'improved';
  }
  if (!testCanFail(test, rule)) return 'insufficient';
  return difference === 0 && !regressed && !fixed ? 'same' : 'changed';
}
