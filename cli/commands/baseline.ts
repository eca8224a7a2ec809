import { tolerancesSchema, type Plan } from '../../contract/baseline.ts';
import { withProgressBar } from '../../node/progress.ts';
import { readBaselineIfAny } from '../baseline-file.ts';
import { codeVersion } from '../code-version.ts';
import { endpointModels, type OptionalEndpoint } from '../endpoint/endpoint-models.ts';
import { deploymentOf, type DeploymentOptions } from '../options.ts';
import { modelsToRecord, newTarget, record } from '../../services/checks/record.ts';
import { evaluatedModels } from '../report/evaluated-models.ts';
import { writeEveryEvalEver } from '../report/every-eval-ever.ts';
import { saveBaseline } from '../save-baseline.ts';
import type { ExitCode, Terminal } from '../terminal.ts';

export interface BaselineOptions extends DeploymentOptions, OptionalEndpoint, Omit<Plan, 'split'> {
  readonly out: string;
  readonly models?: readonly string[];
  readonly minimumDetectable?: number;
  /** Folder for records of Every Eval Ever. */
  readonly eee?: string;
}

/**
 * Records the results of a deployment. An existing file keeps its tolerances.
 *
 * @throws Error where the deployment does not answer, or one of its models fails
 */
export async function runBaseline(options: BaselineOptions, terminal: Terminal): Promise<ExitCode> {
  const { out, seed, objects, queries, questionsPerScene, pairs, requests } = options;
  const tolerances = readBaselineIfAny(out)?.tolerances ?? tolerancesSchema.parse({});
  const deployment = endpointModels(options, terminal) ?? deploymentOf(options, terminal);
  const ids = await modelsToRecord(deployment, options.models);
  const targets = await Promise.all(ids.map((id) => newTarget(deployment, id)));
  const plan: Plan = { split: 'test', seed, objects, queries, questionsPerScene, pairs, requests };
  const recording = await withProgressBar('baseline', (onProgress) =>
    record(deployment, plan, tolerances, targets, { code: codeVersion(), onProgress }),
  );
  if (options.eee !== undefined) {
    writeEveryEvalEver(
      options.eee,
      evaluatedModels({ recording, deployment }),
      recording.figures.recorded,
    );
  }
  return saveBaseline(recording, options, terminal);
}
