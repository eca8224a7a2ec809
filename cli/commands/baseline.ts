import { tolerancesSchema, type Plan } from '../../contract/baseline.ts';
import { formatWholePercent } from '../../statistics/format.ts';
import { withProgressBar } from '../../node/progress.ts';
import { readBaselineIfAny, writeBaseline } from '../baseline-file.ts';
import { deploymentOf, type DeploymentOptions } from '../options.ts';
import { newTarget, record, requireAll } from '../record.ts';
import { EXIT, type ExitCode, type Terminal } from '../terminal.ts';

export interface BaselineOptions extends DeploymentOptions, Omit<Plan, 'split'> {
  readonly out: string;
  readonly models?: readonly string[];
}

/**
 * Records the results of a deployment. An existing file keeps its tolerances.
 *
 * @throws Error where the deployment does not answer, or one of its models fails
 */
export async function runBaseline(options: BaselineOptions, terminal: Terminal): Promise<ExitCode> {
  const { out, seed, objects, queries, questionsPerScene, pairs, requests } = options;
  const tolerances = readBaselineIfAny(out)?.tolerances ?? tolerancesSchema.parse({});
  const deployment = deploymentOf(options, terminal);
  const ids = options.models ?? (await deployment.ids());
  const targets = await Promise.all(ids.map((id) => newTarget(deployment, id)));
  const plan: Plan = { split: 'test', seed, objects, queries, questionsPerScene, pairs, requests };
  const recording = await withProgressBar('baseline', (onProgress) =>
    record(deployment, plan, tolerances, targets, onProgress),
  );
  requireAll(recording);
  writeBaseline(out, recording.figures);
  for (const { id, conditions } of recording.figures.models) {
    for (const { modality, order, id: inside, ood, mechanism } of conditions) {
      const shares = [
        ...(inside ? [`ID ${formatWholePercent(inside.accuracy)}`] : []),
        ...(ood ? [`OOD ${formatWholePercent(ood.accuracy)}`] : []),
        ...(mechanism ? [`mechanism: ${mechanism.mechanism}`] : []),
      ];
      terminal.out(`${id}, ${modality}, ${order}: ${shares.join(', ')}\n`);
    }
  }
  terminal.out(`wrote ${out}\n`);
  return EXIT.pass;
}
