import { ContractError, ProblemError, UnreachableError } from '../../client/index.ts';
import type { Baseline, CodeVersion } from '../../contract/baseline.ts';
import type { Problem } from '../../contract/problems.ts';
import type { CheckReport } from '../../contract/regression.ts';
import { WATCH_LIMITS, type WatchState } from '../../contract/watches.ts';
import { BaselineError } from '../../statistics/recording.ts';
import { compareRecordings } from '../../statistics/regression.ts';
import { describeTest, regressedTests } from '../../statistics/report-sentences.ts';
import type { Deployment } from '../checks/deployment.ts';
import { record, recordedTarget, UnstableAnswersError } from '../checks/record.ts';
import type { Step } from '../checks/record-model.ts';
import { plainReason } from './deliver.ts';

/** What a run of a watch found. */
export interface Finding {
  readonly outcome: WatchState;
  /** One sentence; null where it passes. */
  readonly reason: string | null;
  /** Number of changed answers. */
  readonly flips: number;
  /** null where the check could not run. */
  readonly report: CheckReport | null;
}

const OUTCOMES: Readonly<Record<CheckReport['verdict'], WatchState>> = {
  pass: 'passing',
  regression: 'regressed',
  insufficient: 'insufficient',
};

/**
 * The check of `bindscope check`, where what could not run is an outcome, too.
 *
 * @throws Error where this deployment itself fails, so that trying again may help
 */
export async function checkWatch(
  deployment: Deployment,
  baseline: Baseline,
  minimumDetectable: number | null,
  { code, step }: { readonly code: CodeVersion; readonly step: Step },
): Promise<Finding> {
  const { tolerances, models } = baseline;
  const plan = { ...baseline.plan };
  // Latency is tested only where the baseline bounds it.
  if (tolerances.latencyRatio === null) plan.requests = 1;
  try {
    const targets = models.map(recordedTarget);
    const recording = await record(deployment, plan, tolerances, targets, {
      code,
      step: withFaults(step),
    });
    const report = compareRecordings(
      baseline,
      recording,
      minimumDetectable === null ? {} : { minimumDetectable },
    );
    return {
      outcome: OUTCOMES[report.verdict],
      reason: reasonOf(report),
      flips: report.flips.length,
      report: { ...report, flips: report.flips.slice(0, WATCH_LIMITS.flips) },
    };
  } catch (error) {
    if (!isOutcome(error)) throw error;
    return { outcome: 'unreachable', reason: plainReason(error.message), flips: 0, report: null };
  }
}

const isOutcome = (error: unknown): error is Error =>
  error instanceof ProblemError ||
  error instanceof UnreachableError ||
  error instanceof ContractError ||
  error instanceof BaselineError ||
  error instanceof UnstableAnswersError;

/** The first and worst thing that a report says, and how many others there are. */
function reasonOf(report: CheckReport): string | null {
  const messages = (level: 'failure' | 'insufficient') =>
    report.findings.filter((one) => one.level === level).map(({ message }) => message);
  const reasons =
    report.verdict === 'regression'
      ? [...messages('failure'), ...regressedTests(report).map(describeTest)]
      : messages('insufficient');
  const [first] = reasons;
  if (report.verdict === 'pass' || first === undefined) return null;
  return reasons.length === 1 ? first : `${first}; and ${reasons.length - 1} more`;
}

/** A failure of the deployment that is asked, as JSON: steps of a workflow keep no classes of errors. */
type Fault = { readonly problem: Problem } | { readonly unreachable: string };

/** Steps whose outcome is kept also where the other deployment fails. Other errors are left to the engine. */
const withFaults =
  (step: Step): Step =>
  async <T>(name: string, work: () => Promise<T>) => {
    const outcome = await step<{ value: T } | { fault: Fault }>(name, async () => {
      try {
        return { value: await work() };
      } catch (error) {
        if (error instanceof ProblemError) return { fault: { problem: error.problem } };
        if (error instanceof UnreachableError || error instanceof ContractError) {
          return { fault: { unreachable: error.message } };
        }
        throw error;
      }
    });
    if ('value' in outcome) return outcome.value;
    const { fault } = outcome;
    throw 'problem' in fault
      ? new ProblemError(fault.problem)
      : new UnreachableError(fault.unreachable);
  };
