import builder from 'junit-report-builder';
import type { CheckReport, Finding, RegressionTest } from '../../contract/regression.ts';
import { conditionName, metricName } from '../../statistics/test-names.ts';
import { describeAge, describeLoss, describeTest } from '../../statistics/report-sentences.ts';

/**
 * The report as JUnit XML: a suite per model, a case per test. A finding that decides the verdict is a case that
 * fails (or, where the check is insufficient, an error); a notice is a property, as it would be a case that passes.
 */
export function junitReport(checkReport: CheckReport): string {
  const { tests, findings, before, after } = checkReport;
  const report = builder.newBuilder();
  const cases = [...findings.filter(({ level }) => level !== 'notice'), ...tests];
  const models = new Set(cases.map(({ model }) => model));
  // Notices about what has no suite, such as the baseline, are in the first one.
  let others = findings.filter(({ level, model }) => level === 'notice' && !models.has(model));
  for (const model of models) {
    const own = tests.filter((test) => test.model === model);
    const suite = report
      .testSuite()
      .name(model ?? 'baseline')
      .time(sum(own.map(({ seconds }) => seconds)))
      .timestamp(new Date(after.recorded));
    suite.property('baseline', before.source).property('checked', after.source);
    suite.property('baseline recorded', describeAge(checkReport));
    for (const { kind, message } of others) suite.property(kind, message);
    others = [];
    for (const { kind, level, message } of findings.filter((one) => one.model === model)) {
      if (level === 'notice') suite.property(kind, message);
      else
        addFailure(suite.testCase().className(suiteName(model)).name(kind).time(0), level, message);
    }
    for (const test of own) addTest(suite.testCase(), test);
  }
  return report.build();
}

type Case = ReturnType<ReturnType<typeof builder.testSuite>['testCase']>;

const suiteName = (model: Finding['model']) => model ?? 'baseline';

function addFailure(one: Case, level: 'failure' | 'insufficient', message: string): void {
  if (level === 'failure') one.failure(message, level);
  else one.error(message, level);
}

function addTest(one: Case, test: RegressionTest): void {
  const loss = describeLoss(test);
  one
    .className(`${test.model}.${test.modality}.${test.order}`)
    .name(`${conditionName(test)}: ${metricName(test)}`)
    .time(test.seconds);
  if (test.verdict === 'regressed') one.failure(describeTest(test), 'regression');
  // No outcome could have failed: nothing was tested, which is not a pass.
  if (test.verdict === 'insufficient') one.skipped();
  one.standardOutput([describeTest(test), ...(loss === undefined ? [] : [loss])].join('\n'));
}

const sum = (values: readonly number[]) =>
  Math.round(1000 * values.reduce((total, value) => total + value, 0)) / 1000;
