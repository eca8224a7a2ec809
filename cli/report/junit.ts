import builder from 'junit-report-builder';
import type { CheckReport } from '../../contract/regression.ts';
import { conditionName, describeTest, metricName } from './sentences.ts';

/** The report as JUnit XML: a suite per model, a case per test or finding. */
export function junitReport({ tests, findings, before, after }: CheckReport): string {
  const report = builder.newBuilder();
  const models = new Set([...findings, ...tests].map(({ model }) => model));
  for (const model of models) {
    const suite = report.testSuite().name(model);
    suite.property('baseline', before.source).property('checked', after.source);
    for (const { kind, level, message } of findings.filter((finding) => finding.model === model)) {
      const test = suite.testCase().className(model).name(kind);
      if (level === 'failure') test.failure(message, kind);
      else test.standardOutput(message);
    }
    for (const result of tests.filter((one) => one.model === model)) {
      const test = suite
        .testCase()
        .className(`${model}.${result.modality}.${result.order}`)
        .name(`${conditionName(result)}: ${metricName(result)}`);
      if (result.verdict === 'regressed') test.failure(describeTest(result), 'regression');
      else if (result.verdict !== 'same') test.standardOutput(describeTest(result));
    }
  }
  return report.build();
}
