import type { Baseline } from '../../contract/baseline.ts';
import { parseModelReference } from '../../contract/model-reference.ts';
import type { CheckReport } from '../../contract/regression.ts';
import { BaselineError, compareRecordings } from '../../statistics/regression.ts';
import { withProgressBar } from '../../node/progress.ts';
import { readBaseline } from '../baseline-file.ts';
import type { Deployment } from '../deployment.ts';
import { deploymentOf, type DeploymentOptions } from '../options.ts';
import { record, targetOf } from '../record.ts';
import { saveReport } from '../report/save-run.ts';
import { publish, type ReportOptions } from '../report/publish.ts';
import { EXIT, type ExitCode, type Terminal } from '../terminal.ts';

export interface CheckOptions extends DeploymentOptions, ReportOptions {
  readonly baseline: string;
  /** Those to be checked, and in which version; by default all of the baseline, in the one it names. */
  readonly models?: readonly string[];
  /** Has the server keep the report, under a label if there is one. */
  readonly save?: string | true;
}

/**
 * Asks a deployment a baseline's queries again.
 *
 * @throws Error where the check cannot run
 */
export async function runCheck(options: CheckOptions, terminal: Terminal): Promise<ExitCode> {
  const baseline = readBaseline(options.baseline);
  const deployment = deploymentOf(options, terminal);
  const report = options.models
    ? await checkAgainst(baselineOf(baseline, options.models), deployment)
    : await checkAgainst(baseline, deployment, await deployment.ids());
  publish(report, options, terminal);
  if (options.save !== undefined) await saveReport(report, deployment, options, terminal);
  return report.verdict === 'pass' ? EXIT.pass : EXIT.regression;
}

/** @param ids of all models that are there: those that the baseline does not know are told of */
export async function checkAgainst(
  baseline: Baseline,
  deployment: Deployment,
  ids: readonly string[] = [],
): Promise<CheckReport> {
  const { plan, tolerances, models } = baseline;
  const recording = await withProgressBar('check', (onProgress) =>
    record(deployment, plan, tolerances, models.map(targetOf), onProgress),
  );
  const known = models.map((model) => idOf(model.id));
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
 * The part of a baseline that is about some models, under the names by which they are to be asked: what
 * `text-only` did is also what is expected of `text-only@canary`.
 *
 * @throws BaselineError where it knows nothing of one
 */
function baselineOf(baseline: Baseline, references: readonly string[]): Baseline {
  const models = references.map((reference) => {
    const model =
      baseline.models.find(({ id }) => id === reference) ??
      baseline.models.find(({ id }) => id === idOf(reference));
    if (model) return { ...model, id: reference };
    const known = baseline.models.map(({ id }) => id).join(', ');
    throw new BaselineError(`the baseline has nothing of "${reference}"; it has ${known}`);
  });
  return { ...baseline, models };
}

const idOf = (reference: string): string => parseModelReference(reference).id;
