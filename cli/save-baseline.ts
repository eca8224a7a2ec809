import type { Baseline } from '../contract/baseline.ts';
import type { CheckReport } from '../contract/regression.ts';
import { compareRecordings } from '../statistics/regression.ts';
import type { Recording } from '../statistics/recording.ts';
import { formatWholePercent } from '../statistics/format.ts';
import { ASSUMED_FLIP_RATE } from '../statistics/sensitivity.ts';
import { rangeOfObjects } from '../task/spec.ts';
import { writeBaseline } from './baseline-file.ts';
import { requireAll } from '../services/checks/record.ts';
import { detectableLossTable } from './report/table.ts';
import { EXIT, type ExitCode, type Terminal } from './terminal.ts';

/**
 * Writes a recording as a baseline, with the losses that a check against it detects, and says what it has.
 *
 * @throws Error where one of the models failed
 */
export function saveBaseline(
  recording: Recording,
  { out, minimumDetectable }: { readonly out: string; readonly minimumDetectable?: number },
  terminal: Terminal,
): ExitCode {
  requireAll(recording);
  const { figures } = recording;
  // A comparison with itself has the tests that a check will have.
  const report = compareRecordings(
    figures,
    { ...recording, failures: [] },
    {
      flipRate: ASSUMED_FLIP_RATE,
      ...(minimumDetectable !== undefined && { minimumDetectable }),
    },
  );
  writeBaseline(out, withDetectableLosses(figures, report));
  for (const { id, conditions } of figures.models) {
    for (const { modality, order, id: inside, ood, mechanism } of conditions) {
      const shares = [
        ...(inside ? [`ID ${formatWholePercent(inside.accuracy)}`] : []),
        ...(ood ? [`OOD ${formatWholePercent(ood.accuracy)}`] : []),
        ...(mechanism ? [`mechanism: ${mechanism.mechanism}`] : []),
      ];
      terminal.out(`${id}, ${modality}, ${order}: ${shares.join(', ')}\n`);
    }
  }
  terminal.out(`\n${detectableLossTable(report)}`);
  for (const { level, message } of report.findings) terminal.out(`${level}: ${message}\n`);
  terminal.out(`wrote ${out}\n`);
  return report.verdict === 'insufficient' ? EXIT.insufficient : EXIT.pass;
}

function withDetectableLosses(figures: Baseline, { tests, sensitivity }: CheckReport): Baseline {
  const { power, threshold } = sensitivity;
  return {
    ...figures,
    sensitivity: { power, threshold, flipRate: ASSUMED_FLIP_RATE },
    models: figures.models.map((model) => ({
      ...model,
      conditions: model.conditions.map((condition) => {
        const own = tests.filter(
          (test) =>
            test.model === model.id &&
            test.modality === condition.modality &&
            test.order === condition.order,
        );
        const lossWith = (objects: number) =>
          own.find((test) => test.metric === 'objects' && test.objects === objects)
            ?.detectableLoss ?? null;
        // A range of one number of objects has no test of its own.
        const pooled = (metric: 'id' | 'ood') => {
          const [only] = condition.byObjects.filter(
            ({ objects }) => rangeOfObjects(objects) === metric,
          );
          const test = own.find((one) => one.metric === metric);
          return test ? test.detectableLoss : only ? lossWith(only.objects) : null;
        };
        return {
          ...condition,
          detectableLoss: {
            id: pooled('id'),
            ood: pooled('ood'),
            byObjects: condition.byObjects.map(({ objects }) => lossWith(objects)),
          },
        };
      }),
    })),
  };
}
