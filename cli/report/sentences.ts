import type { CheckReport, RegressionTest } from '../../contract/regression.ts';
import { formatWholePercent } from '../../statistics/format.ts';

/** The tested metric, such as `9 objects`. */
export function metricName({
  metric,
  objects,
}: Pick<RegressionTest, 'metric' | 'objects'>): string {
  if (metric === 'id') return 'all up to 8 objects';
  if (metric === 'ood') return 'all beyond 8 objects';
  const count = `${objects ?? ''} object${objects === 1 ? '' : 's'}`;
  return metric === 'symbolic' ? `symbolic share, ${count}` : count;
}

export const conditionName = ({ modality, order }: Pick<RegressionTest, 'modality' | 'order'>) =>
  `${modality}, ${order === 'context' ? 'in order' : 'shuffled'}`;

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
  const improved = tests.filter(({ verdict }) => verdict === 'improved').length;
  const counts = [
    `${tests.length} tests`,
    `${flips.length} ${flips.length === 1 ? 'answer' : 'answers'} changed`,
    ...(regressed > 0 ? [`${regressed} regressed`] : []),
    ...(improved > 0 ? [`${improved} improved`] : []),
    ...(failures > 0 ? [`${failures} other ${failures === 1 ? 'failure' : 'failures'}`] : []),
  ];
  const verdict = report.verdict === 'pass' ? 'PASS' : 'REGRESSION';
  return `${verdict}: ${after.source} against ${before.source}: ${counts.join(', ')}`;
}
