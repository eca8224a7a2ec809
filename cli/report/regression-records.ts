import type { CheckReport, RegressionTest } from '../../contract/regression.ts';
import type { Recording } from '../../statistics/recording.ts';
import { evaluatedModels } from './evaluated-models.ts';
import { recordId, writeEveryEvalEver, type EvaluatedModel } from './every-eval-ever.ts';

/**
 * Writes what a deployment answered, with the tests against an earlier recording in the details of each result.
 *
 * @param before the record that it was compared with, where there is one; else the details name its source
 */
export function writeRegressionRecords(
  folder: string,
  report: CheckReport,
  after: Recording,
  before?: Recording,
): void {
  if (before) writeEveryEvalEver(folder, evaluatedModels(before), before.figures.recorded);
  const models = evaluatedModels(after).map((model, index): EvaluatedModel => {
    const id = after.figures.models[index]?.id;
    const tests = new Map(
      report.tests
        .filter((test) => test.model === id)
        .map((test) => [resultOf(test), detailsOf(test)]),
    );
    const compared = before ? recordId(model, before.figures.recorded) : report.before.source;
    const results = model.results.map((result) => {
      const details = tests.get(result.id);
      return details ? { ...result, details: { compared_with: compared, ...details } } : result;
    });
    return { ...model, results };
  });
  writeEveryEvalEver(folder, models, after.figures.recorded);
}

/** The id of the result that a test is about; the symbolic share has none. */
const resultOf = ({ modality, order, metric, objects }: RegressionTest) =>
  `${modality}-${order}-${metric === 'objects' ? `${objects}-objects` : metric}`;

function detailsOf(test: RegressionTest): Record<string, string> {
  const { before, difference, regressed, fixed, pValue, adjustedPValue, verdict } = test;
  const values = {
    ...{ before_correct: before.correct, before_count: before.count, difference },
    ...{ regressed, fixed, p_value: pValue, adjusted_p_value: adjustedPValue, verdict },
  };
  return {
    test: 'exact McNemar test, with the correction of Holm',
    ...Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)])),
  };
}
