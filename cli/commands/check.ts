import type { Baseline } from '../../contract/baseline.ts';
import { parseModelReference } from '../../contract/model-reference.ts';
import type { CheckReport } from '../../contract/regression.ts';
import { BaselineError, compareRecordings } from '../../statistics/regression.ts';
import { withProgressBar } from '../../node/progress.ts';
import { readBaseline } from '../baseline-file.ts';
import type { Deployment } from '../deployment.ts';
import { deploymentOf, type DeploymentOptions } from '../options.ts';
import { record, recordedTarget } from '../record.ts';
import { saveReport } from '../report/save-run.ts';
import { writeReport, type ReportOptions } from '../report/write-report.ts';
import { EXIT, type ExitCode, type Terminal } from '../terminal.ts';

export interface CheckOptions extends DeploymentOptions, ReportOptions {
  readonly baseline: string;
  /** Models to check, with a version or alias; by default all of the baseline. */
  readonly models?: readonly string[];
  /** Saves the report on the server, with a label if there is one. */
  readonly save?: string | true;
}

/**
 * Compares a deployment with a baseline.
 *
 * @throws Error where the check cannot run
 */
export async function runCheck(options: CheckOptions, terminal: Terminal): Promise<ExitCode> {
  const baseline = readBaseline(options.baseline);
  const deployment = deploymentOf(options, terminal);
  const report = options.models
    ? await checkAgainst(baselineOf(baseline, options.models), deployment)
    : await checkAgainst(baseline, deployment, await deployment.ids());
  writeReport(report, options, terminal);
  if (options.save !== undefined) await saveReport(report, deployment, options, terminal);
  return report.verdict === 'pass' ? EXIT.pass : EXIT.regression;
}

/** @param ids all models of the deployment; those that are not in the baseline become notices */
export async function checkAgainst(
  baseline: Baseline,
  deployment: Deployment,
  ids: readonly string[] = [],
): Promise<CheckReport> {
  const { plan, tolerances, models } = baseline;
  const recording = await withProgressBar('check', (onProgress) =>
    record(deployment, plan, tolerances, models.map(recordedTarget), onProgress),
  );
  const known = models.map((model) => modelIdOf(model.id));
  const failures = [
    ...recording.failures,
    ...ids
      .filter((id) => !known.includes(id))
      .map((model) => ({
        level: 'notice' as const,
        kind: 'model-added' as const,
        model,
        message: `"${model}" is not in the baseline and was not checked`,
      })),
  ];
  return compareRecordings(baseline, { ...recording, failures });
}

/**
 * The part of a baseline for some models, named as in the references: the results of `text-only` are also
 * the baseline of `text-only@canary`.
 *
 * @throws BaselineError where the baseline does not have one of the models
 */
function baselineOf(baseline: Baseline, references: readonly string[]): Baseline {
  const models = references.map((reference) => {
    const model =
      baseline.models.find(({ id }) => id === reference) ??
      baseline.models.find(({ id }) => id === modelIdOf(reference));
    if (model) return { ...model, id: reference };
    const known = baseline.models.map(({ id }) => id).join(', ');
    throw new BaselineError(`the baseline does not have "${reference}"; it has ${known}`);
  });
  return { ...baseline, models };
}

const modelIdOf = (reference: string): string => parseModelReference(reference).id;
