import type { Plan, Tolerances } from '../contract/baseline.ts';
import type { Finding, RegressionTest } from '../contract/regression.ts';
import { API_LIMITS } from '../contract/limits.ts';
import { LIMITS, rangeOfObjects } from '../task/spec.ts';
import {
  canFail,
  minimumDetectableLoss,
  queriesToDetect,
  type FailureRule,
} from './detectable-loss.ts';
import { fisherExact } from './exact-tests.ts';
import { formatPercent, formatSignificant } from './format.ts';
import type { UnadjustedTest } from './regression-tests.ts';
import { conditionName, metricName } from './test-names.ts';

/** What the tests of a check can see. */

/**
 * Flip rate that a baseline assumes, as there is no second model yet: 2 % of the queries become correct while others
 * are lost, at most the share of wrong answers.
 */
export const ASSUMED_FLIP_RATE = 0.02;

/** When a test of accuracy fails for certain, and the smallest shift of the symbolic share that fails. */
export interface FailureRules extends FailureRule {
  readonly minimumShift: number;
}

/**
 * Holm's correction of a p-value multiplies it by at most the number of tests. So a p-value of at most alpha over
 * that number fails whatever the other tests find, and a larger one may not.
 */
export const failureRule = (
  tests: number,
  { alpha, minimumEffect, minimumShift }: Tolerances,
): FailureRules => ({ threshold: alpha / Math.max(1, tests), minimumEffect, minimumShift });

type Counts = RegressionTest['before'];

/**
 * Whether the loss of all that was correct before would fail by itself. Beside other significant losses, Holm's
 * correction is milder, and a test that cannot fail by itself may.
 */
export function testCanFail(
  { metric, before, after }: Pick<UnadjustedTest, 'metric' | 'before' | 'after'>,
  rule: FailureRules,
): boolean {
  return metric === 'symbolic' ? symbolicCanFail(before, after.count, rule) : canFail(before, rule);
}

const symbolicCanFail = (before: Counts, after: number, rule: FailureRules): boolean =>
  before.correct / before.count >= rule.minimumShift &&
  fisherExact(before, { correct: 0, count: after }) <= rule.threshold;

/** The test with another flip rate, at most the share of wrong answers, as only these can become correct. */
export function withFlipRate(test: UnadjustedTest, flipRate: number): UnadjustedTest {
  const { metric, before } = test;
  if (metric === 'symbolic') return test;
  return { ...test, flipRate: Math.min(flipRate, (before.count - before.correct) / before.count) };
}

/** The smallest loss of accuracy that a test detects; null where it detects none, and for the symbolic share. */
export function detectableLossOf(
  { metric, before, flipRate }: UnadjustedTest,
  rule: FailureRule,
): number | null {
  if (metric === 'symbolic' || flipRate === null) return null;
  return minimumDetectableLoss({ ...before, flipRate }, rule);
}

/**
 * Why a check is insufficient, a finding for each model and kind of query.
 *
 * Always: a test cannot fail by itself because it has too few queries or pairs, however good the model was; or the model
 * had too few correct answers, and no test that pools these queries with others can fail. With `minimumDetectable`: a
 * test of a model that can lose so much does not detect it.
 */
export function insufficientFindings(
  tests: readonly RegressionTest[],
  plan: Plan,
  rule: FailureRules,
  minimumDetectable?: number,
): Finding[] {
  const groups = new Map<string, RegressionTest[]>();
  for (const test of tests) {
    const key = `${test.model}: ${conditionName(test)}`;
    groups.set(key, [...(groups.get(key) ?? []), test]);
  }
  return [...groups.values()].flatMap((group) => [
    ...cannotFail(group, plan, rule),
    ...(minimumDetectable === undefined ? [] : cannotDetect(group, rule, minimumDetectable)),
  ]);
}

function cannotFail(group: readonly RegressionTest[], plan: Plan, rule: FailureRules): Finding[] {
  const blind = group.filter((test) => {
    const { metric, before } = test;
    // A model that solves few of many pairs needs no more pairs.
    if (metric === 'symbolic')
      return !symbolicCanFail({ correct: plan.pairs, count: plan.pairs }, plan.pairs, rule);
    if (!canFail({ correct: before.count, count: before.count }, rule)) return true;
    return (
      !canFail(before, rule) && !pooledTests(group, test).some((one) => testCanFail(one, rule))
    );
  });
  if (blind.length === 0) return [];
  const [accuracy, symbolic] = [
    blind.filter(({ metric }) => metric !== 'symbolic'),
    blind.filter(({ metric }) => metric === 'symbolic'),
  ];
  const needed = accuracy.map((test) => queriesEach(group, test, fewestThatCanFail(test, rule)));
  const advice = [
    ...(accuracy.length > 0 ? [adviceOf(needed)] : []),
    ...(symbolic.length > 0 ? ['raise --pairs, or skip the mechanism with --pairs 0'] : []),
  ];
  const list = blind.map((test) => `${metricName(test)} (${countsOf(test)})`).join(', ');
  const message =
    `the loss of all correct answers would by itself not fail at p <= ` +
    `${formatSignificant(rule.threshold, 2)}: ${list}; ${advice.join('; ')}`;
  return [finding('cannot-fail', blind, message)];
}

function cannotDetect(
  group: readonly RegressionTest[],
  rule: FailureRule,
  wanted: number,
): Finding[] {
  const blind = group.filter(
    ({ metric, before, detectableLoss }) =>
      metric !== 'symbolic' &&
      // A model cannot lose more than it has.
      before.correct / before.count >= wanted &&
      (detectableLoss ?? 1) > wanted,
  );
  if (blind.length === 0) return [];
  const needed = blind.map((test) => {
    const { before, flipRate } = test;
    const known = { ...before, flipRate: flipRate ?? 0 };
    const most = API_LIMITS.queriesPerCount * membersOf(group, test);
    return queriesEach(group, test, queriesToDetect(known, wanted, rule, most));
  });
  const list = blind.map((test) => `${metricName(test)} (${lossName(test.detectableLoss)})`);
  const message =
    `a loss of ${formatPercent(wanted)} is not detected in 80 % of the checks with ` +
    `${list.join(', ')}; ${adviceOf(needed)}` +
    (wanted <= rule.minimumEffect
      ? `; the tolerance minimumEffect ignores losses of less than ${formatPercent(rule.minimumEffect)}`
      : '');
  return [finding('cannot-detect', blind, message)];
}

const lossName = (loss: number | null) => (loss === null ? 'no loss' : `${formatPercent(loss)} is`);

const countsOf = ({ before }: RegressionTest) => `${before.correct} of ${before.count} before`;

function finding(
  kind: Finding['kind'],
  tests: readonly RegressionTest[],
  message: string,
): Finding {
  const [first] = tests;
  const where = first ? `${first.model} on ${conditionName(first)}: ` : '';
  return { level: 'insufficient', kind, model: first?.model ?? null, message: where + message };
}

/** @param needed queries for each number of objects, one entry a test; null where no allowed number is enough */
function adviceOf(needed: readonly (number | null)[]): string {
  const enough = needed.filter((queries) => queries !== null);
  const queries = `--queries ${Math.max(...enough)} would be enough`;
  if (enough.length === needed.length) return queries;
  if (enough.length === 0) {
    return 'no allowed number of queries would be enough, fewer models or numbers of objects may be';
  }
  return `${queries} for ${enough.length} of ${needed.length}, and no allowed number for the rest`;
}

/** The fewest queries with which a test at this accuracy, but at least at the minimum effect, can fail; or null. */
function fewestThatCanFail({ before }: RegressionTest, rule: FailureRule): number | null {
  const most = API_LIMITS.queriesPerCount * LIMITS.objects;
  const accuracy = Math.max(before.correct / before.count, rule.minimumEffect);
  for (let count = before.count + 1; count <= most; count++) {
    const correct = Math.round(accuracy * count);
    if (canFail({ correct, count }, rule)) return count;
  }
  return null;
}

/** Of all queries that a test needs, those for each number of objects; null where these are too many. */
function queriesEach(
  group: readonly RegressionTest[],
  test: RegressionTest,
  total: number | null,
): number | null {
  if (total === null) return null;
  const each = Math.ceil(total / membersOf(group, test));
  return each <= API_LIMITS.queriesPerCount ? each : null;
}

/** How many numbers of objects a test pools. */
const membersOf = (group: readonly RegressionTest[], { metric }: RegressionTest): number =>
  metric === 'objects' ? 1 : group.filter((test) => rangeOf(test) === metric).length;

/** The tests that pool the queries of a test with others. */
const pooledTests = (group: readonly RegressionTest[], test: RegressionTest) =>
  group.filter(({ metric }) => test.metric === 'objects' && metric === rangeOf(test));

const rangeOf = ({ metric, objects }: RegressionTest) =>
  metric === 'objects' && objects !== null ? rangeOfObjects(objects) : undefined;
