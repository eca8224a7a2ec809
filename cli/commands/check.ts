import type { Baseline } from '../../contract/baseline.ts';
import { parseModelReference } from '../../contract/model-reference.ts';
import type { CheckReport } from '../../contract/regression.ts';
import { BaselineError, type Recording } from '../../statistics/recording.ts';
import { compareRecordings, type ComparisonOptions } from '../../statistics/regression.ts';
import { withProgressBar } from '../../node/progress.ts';
import { readBaseline } from '../baseline-file.ts';
import { codeVersion } from '../code-version.ts';
import type { AskedModels } from '../../services/checks/deployment.ts';
import { endpointModels, type OptionalEndpoint } from '../endpoint/endpoint-models.ts';
import { deploymentOf, type DeploymentOptions } from '../options.ts';
import { record, recordedTarget } from '../../services/checks/record.ts';
import { writeRegressionRecords } from '../report/regression-records.ts';
import { writeComment } from '../report/github-comment.ts';
import { couldNotRunComment, reportComment } from '../report/pull-request.ts';
import { saveReport } from '../report/save-run.ts';
import { writeReport, type ReportOptions } from '../report/write-report.ts';
import { saveBaseline } from '../save-baseline.ts';
import { messageOf } from '../error-message.ts';
import { EXIT, type ExitCode, type Terminal } from '../terminal.ts';

export interface CheckOptions extends DeploymentOptions, ReportOptions, OptionalEndpoint {
  readonly baseline: string;
  /** Models to check, with a version or alias; by default all of the baseline. */
  readonly models?: readonly string[];
  /** Saves the report on the server, with a label if there is one. */
  readonly save?: string | true;
  readonly minimumDetectable?: number;
  /** Records the baseline anew, with what this check found. */
  readonly update?: boolean;
  /** Writes a comment on the pull request of the GitHub Actions run. */
  readonly comment?: boolean;
  /** Folder for records of Every Eval Ever. */
  readonly eee?: string;
}

/**
 * Compares a deployment with a baseline.
 *
 * @throws Error where the check cannot run
 */
export async function runCheck(options: CheckOptions, terminal: Terminal): Promise<ExitCode> {
  const comment = async (body: string) => {
    if (options.comment) await writeComment(body, options.baseline, terminal);
  };
  const deployment = askedModels(options, terminal);
  const { report, recording } = await checkDeployment(options, deployment).catch(
    async (error: unknown) => {
      await comment(couldNotRunComment(messageOf(error), options));
      throw error;
    },
  );
  writeReport(report, options, terminal);
  if (options.eee !== undefined)
    writeRegressionRecords(options.eee, report, { recording, deployment });
  await comment(reportComment(report, options));
  if (options.save !== undefined) await saveReport(report, deployment, options, terminal);
  if (options.update)
    return saveBaseline(recording, { ...options, out: options.baseline }, terminal);
  return EXIT[report.verdict];
}

/** An endpoint has one model, which is compared with the one of the baseline. */
function askedModels(options: CheckOptions, terminal: Terminal): AskedModels {
  if (options.endpoint === undefined && options.model === undefined)
    return deploymentOf(options, terminal);
  const [recorded, ...more] = readBaseline(options.baseline).models;
  if (more.length > 0) {
    throw new BaselineError(
      `${options.baseline} has ${more.length + 1} models; --endpoint needs a baseline of one`,
    );
  }
  return endpointModels(options, terminal, recorded?.id) ?? deploymentOf(options, terminal);
}

async function checkDeployment(options: CheckOptions, deployment: AskedModels): Promise<Checked> {
  const baseline = readBaseline(options.baseline);
  return options.models
    ? checkAgainst(baselineOf(baseline, options), deployment, options)
    : checkAgainst(baseline, deployment, options, await deployment.ids());
}

interface Checked {
  readonly report: CheckReport;
  readonly recording: Recording;
}

/** @param ids all models of the deployment; those that are not in the baseline become notices */
export async function checkAgainst(
  baseline: Baseline,
  deployment: AskedModels,
  options: ComparisonOptions,
  ids: readonly string[] = [],
): Promise<Checked> {
  const { plan, tolerances, models } = baseline;
  const recording = await withProgressBar('check', (onProgress) =>
    record(deployment, plan, tolerances, models.map(recordedTarget), {
      code: codeVersion(),
      onProgress,
    }),
  );
  const known = models.map((model) => modelIdOf(model.id));
  const added = ids
    .filter((id) => !known.includes(id))
    .map((model) => ({
      level: 'notice' as const,
      kind: 'model-added' as const,
      model,
      message: `"${model}" is not in the baseline and was not checked`,
    }));
  const failures = [...recording.failures, ...added];
  return { report: compareRecordings(baseline, { ...recording, failures }, options), recording };
}

/**
 * The part of a baseline for some models, named as in the references: the results of `text-only` are also
 * the baseline of `text-only@canary`.
 *
 * @throws BaselineError where the baseline does not have some of the models
 */
function baselineOf(
  baseline: Baseline,
  { models: references = [], baseline: path }: CheckOptions,
): Baseline {
  const find = (reference: string) =>
    baseline.models.find(({ id }) => id === reference) ??
    baseline.models.find(({ id }) => id === modelIdOf(reference));
  const unknown = references.filter((reference) => !find(reference));
  if (unknown.length > 0) {
    const names = unknown.map((reference) => `"${reference}"`).join(', ');
    const known = baseline.models.map(({ id }) => id).join(', ');
    throw new BaselineError(`${path} does not have ${names}; it has ${known}`);
  }
  const models = references.flatMap((reference) => {
    const model = find(reference);
    return model ? [{ ...model, id: reference }] : [];
  });
  return { ...baseline, models };
}

const modelIdOf = (reference: string): string => parseModelReference(reference).id;
