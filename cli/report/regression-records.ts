import type { CheckReport, RegressionTest } from '../../contract/regression.ts';
import { evaluatedModels, type Recorded } from './evaluated-models.ts';
import { recordId, writeEveryEvalEver, type EvaluatedModel } from './every-eval-ever.ts';

/**
 * Writes what a deployment answered, with the tests against an earlier recording in the details of each result.
 *
 * @param before the record that it was compared with, where there is one; else the details name its source
 */
export function writeRegressionRecords(
  folder: string,
  report: CheckReport,
  after: Recorded,
  before?: Recorded,
): void {
  const { models: recorded, recorded: time } = after.recording.figures;
  const earlier = before && {
    models: evaluatedModels(before),
    time: before.recording.figures.recorded,
  };
  if (earlier) writeEveryEvalEver(folder, earlier.models, earlier.time);
  const models = evaluatedModels(after).map((model, index): EvaluatedModel => {
    const id = recorded[index]?.id;
    const tests = new Map(
      report.tests
        .filter((test) => test.model === id)
        .map((test) => [resultOf(test), detailsOf(test)]),
    );
    const was = before?.recording.figures.models.findIndex((one) => one.id === id) ?? -1;
    const compared = earlier
      ? recordId(earlier.models[was] ?? model, earlier.time)
      : report.before.source;
    const results = model.results.map((result) => {
      const details = tests.get(result.id);
      return details ? { ...result, details: { compared_with: compared, ...details } } : result;
    });
    return { ...model, results };
  });
  writeEveryEvalEver(folder, models, time);
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
