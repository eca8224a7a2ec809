import type { CheckReport, RegressionTest } from '../../contract/regression.ts';
import { formatWholePercent } from '../../statistics/format.ts';

/** What is tested, such as `9 objects`. */
export function subjectOf({ metric, objects }: Pick<RegressionTest, 'metric' | 'objects'>): string {
  if (metric === 'id') return 'all up to 8 objects';
  if (metric === 'ood') return 'all beyond 8 objects';
  const some = `${objects ?? ''} object${objects === 1 ? '' : 's'}`;
  return metric === 'symbolic' ? `symbolic share, ${some}` : some;
}

export const conditionOf = ({ modality, order }: Pick<RegressionTest, 'modality' | 'order'>) =>
  `${modality}, ${order === 'context' ? 'in order' : 'shuffled'}`;

export const shareOf = ({ correct, count }: RegressionTest['before']) =>
  `${formatWholePercent(correct / count)} (${correct}/${count})`;

/** A p-value; what is certain is not dressed up as a number. */
export function pOf(value: number): string {
  if (value === 1) return '1';
  return value < 0.001 ? value.toExponential(0) : value.toPrecision(2);
}

/** One sentence on a test. */
export function sentenceOf(test: RegressionTest): string {
  const { model, before, after, regressed, fixed, adjustedPValue } = test;
  const flips =
    regressed === null || fixed === null ? '' : `${regressed} queries broken, ${fixed} mended, `;
  const where = `${model} on ${conditionOf(test)}, ${subjectOf(test)}`;
  return `${where}: ${shareOf(before)}, now ${shareOf(after)} (${flips}p = ${pOf(adjustedPValue)})`;
}

export const regressedTests = ({ tests }: CheckReport) =>
  tests.filter(({ verdict }) => verdict === 'regressed');

/** The last line of all. */
export function verdictOf(report: CheckReport): string {
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
