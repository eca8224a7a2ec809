import type { CheckReport, RegressionTest } from '../contract/regression.ts';
import { formatPercent, formatWholePercent } from './format.ts';
import { daysBetween, describeCode } from './regression-findings.ts';
import { conditionName, metricName } from './test-names.ts';

export const formatShare = ({ correct, count }: RegressionTest['before']) =>
  `${formatWholePercent(correct / count)} (${correct}/${count})`;

/** A p-value: `1`, `0.043`, `2e-9`. */
export function formatP(value: number): string {
  if (value === 1) return '1';
  return value < 0.001 ? value.toExponential(0) : value.toPrecision(2);
}

/** One sentence about a test. */
export function describeTest(test: RegressionTest): string {
  const { model, before, after, regressed, fixed, adjustedPValue } = test;
  const flips =
    regressed === null || fixed === null ? '' : `${regressed} queries regressed, ${fixed} fixed, `;
  const where = `${model} on ${conditionName(test)}, ${metricName(test)}`;
  return `${where}: ${formatShare(before)}, now ${formatShare(after)} (${flips}p = ${formatP(adjustedPValue)})`;
}

export const regressedTests = ({ tests }: CheckReport) =>
  tests.filter(({ verdict }) => verdict === 'regressed');

/** The last line of a report. */
export function describeVerdict(report: CheckReport): string {
  const { tests, flips, findings, before, after } = report;
  const regressed = regressedTests(report).length;
  const failures = findings.filter(({ level }) => level === 'failure').length;
  const insufficient = findings.filter(({ level }) => level === 'insufficient').length;
  const improved = tests.filter(({ verdict }) => verdict === 'improved').length;
  const counts = [
    `${tests.length} ${tests.length === 1 ? 'test' : 'tests'}`,
    `${flips.length} ${flips.length === 1 ? 'answer' : 'answers'} changed`,
    ...(regressed > 0 ? [`${regressed} regressed`] : []),
    ...(improved > 0 ? [`${improved} improved`] : []),
    ...(insufficient > 0
      ? [`${insufficient} ${insufficient === 1 ? 'reason' : 'reasons'} why it cannot see enough`]
      : []),
    ...(failures > 0 ? [`${failures} other ${failures === 1 ? 'failure' : 'failures'}`] : []),
  ];
  return `${report.verdict.toUpperCase()}: ${after.source} against ${before.source}: ${counts.join(', ')}`;
}

/** `recorded 2026-01-01, 47 days before this check, by bindscope 0.1.0` */
export function describeAge({ before, after }: CheckReport): string {
  const days = daysBetween(before.recorded, after.recorded);
  const age = days === 1 ? '1 day' : `${days} days`;
  const code = before.code ? `bindscope ${describeCode(before.code)}` : 'an unknown version';
  return `recorded ${before.recorded.slice(0, 10)}, ${age} before this check, by ${code}`;
}

/** A detectable loss, `7.4 %`, or that there is none. */
export const formatLoss = (loss: number | null): string =>
  loss === null ? 'none' : formatPercent(loss);

/** The smallest loss that a test detects; undefined for the symbolic share. */
export const describeLoss = ({ metric, detectableLoss }: RegressionTest): string | undefined =>
  metric === 'symbolic'
    ? undefined
    : `smallest loss that this test detects: ${formatLoss(detectableLoss)}`;

/** What a table of detectable losses means. */
export function describeSensitivity({ sensitivity, tests }: CheckReport): string {
  const { power, threshold } = sensitivity;
  return (
    `Smallest loss of accuracy that is detected with ${formatWholePercent(power)} power at ` +
    `p <= ${formatP(threshold)} (alpha over ${tests.length} tests)`
  );
}

/** Rows of detectable losses: one for each model and kind of query, a cell for each metric. */
export function detectableLosses({ tests }: CheckReport): { head: string[]; rows: string[][] } {
  const accuracy = tests.filter(({ metric }) => metric !== 'symbolic');
  const columns = [...new Set(accuracy.map(metricName))];
  const keys = [...new Set(accuracy.map(rowKey))];
  const rows = keys.map((key) => {
    const own = accuracy.filter((test) => rowKey(test) === key);
    const cells = columns.map((column) => {
      const test = own.find((one) => metricName(one) === column);
      return test ? formatLoss(test.detectableLoss) : '';
    });
    const [first] = own;
    return [first?.model ?? '', first ? conditionName(first) : '', ...cells];
  });
  return { head: ['model', 'condition', ...columns], rows };
}

const rowKey = (test: RegressionTest) => `${test.model} ${conditionName(test)}`;
