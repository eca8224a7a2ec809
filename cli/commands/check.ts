import type { Baseline } from '../../contract/baseline.ts';
import type { CheckReport } from '../../contract/regression.ts';
import { compareRecordings } from '../../inference/regression.ts';
import { withBar } from '../../trainer/commands/progress.ts';
import { readBaseline } from '../baseline-file.ts';
import type { Deployment } from '../deployment.ts';
import { deploymentOf, type DeploymentOptions } from '../options.ts';
import { record, targetOf } from '../record.ts';
import { keepReport } from '../report/keep.ts';
import { publish, type ReportOptions } from '../report/publish.ts';
import { EXIT, type ExitCode, type Terminal } from '../terminal.ts';

export interface CheckOptions extends DeploymentOptions, ReportOptions {
  readonly baseline: string;
  /** Has the server keep the report, under a label if there is one. */
  readonly keep?: string | true;
}

/**
 * Asks a deployment a baseline's queries again.
 *
 * @throws Error where the check cannot run
 */
export async function runCheck(options: CheckOptions, terminal: Terminal): Promise<ExitCode> {
  const baseline = readBaseline(options.baseline);
  const deployment = deploymentOf(options, terminal);
  const report = await checkAgainst(baseline, deployment);
  publish(report, options, terminal);
  if (options.keep !== undefined) await keepReport(report, deployment, options, terminal);
  return report.verdict === 'pass' ? EXIT.pass : EXIT.regression;
}

export async function checkAgainst(
  baseline: Baseline,
  deployment: Deployment,
): Promise<CheckReport> {
  const { plan, tolerances, models } = baseline;
  const ids = await deployment.ids();
  const recording = await withBar('check', (onProgress) =>
    record(deployment, plan, tolerances, models.map(targetOf), onProgress),
  );
  const added = ids.filter((id) => models.every((model) => model.id !== id));
  const failures = [
    ...recording.failures,
    ...added.map((model) => ({
      level: 'notice' as const,
      kind: 'model-added' as const,
      model,
      message: `"${model}" is not in the baseline and was not checked`,
    })),
  ];
  return compareRecordings(baseline, { ...recording, failures });
}
