import { codeVersion } from '../code-version.ts';
import { tolerancesSchema, type Plan } from '../../contract/baseline.ts';
import { withProgressBar } from '../../node/progress.ts';
import { modelsDeployment, urlDeployment, type AccessOptions } from '../options.ts';
import { modelsToRecord, newTarget, record, requireAll } from '../../services/checks/record.ts';
import { writeRegressionRecords } from '../report/regression-records.ts';
import { writeReport, type ReportOptions } from '../report/write-report.ts';
import { EXIT, type ExitCode, type Terminal } from '../terminal.ts';
import type { AskedModels } from '../../services/checks/deployment.ts';
import { endpointModels, type OptionalEndpoint } from '../endpoint/endpoint-models.ts';
import { checkAgainst } from './check.ts';

export interface DiffOptions
  extends
    AccessOptions,
    ReportOptions,
    Omit<Plan, 'split'>,
    Omit<OptionalEndpoint, 'endpoint' | 'model'> {
  readonly endpoint: readonly string[];
  /** Of the endpoints, in their order; a single endpoint has all. */
  readonly model: readonly string[];
  readonly url: readonly string[];
  readonly modelsDir: readonly string[];
  readonly models?: readonly string[];
  readonly minimumDetectable?: number;
  /** Folder for records of Every Eval Ever: two for each model. */
  readonly eee?: string;
}

/**
 * Compares the second of two deployments with the first; URLs come before folders.
 *
 * @throws Error where the comparison cannot run
 */
export async function runDiff(options: DiffOptions, terminal: Terminal): Promise<ExitCode> {
  const { seed, objects, queries, questionsPerScene, pairs, requests } = options;
  const [before, after, ...more] = [
    ...options.url.map((url) => urlDeployment(url, options, terminal)),
    ...options.modelsDir.map((folder) => modelsDeployment(folder, options)),
    ...endpointsOf(options, terminal),
  ];
  if (!before || !after || more.length > 0) {
    throw new TypeError(
      'give two deployments, each with --url or --models-dir, or two --model of an --endpoint',
    );
  }
  const ids = await modelsToRecord(before, options.models);
  const targets = await Promise.all(ids.map((id) => newTarget(before, id)));
  const plan: Plan = { split: 'test', seed, objects, queries, questionsPerScene, pairs, requests };
  const recording = await withProgressBar('first', (onProgress) =>
    record(before, plan, tolerancesSchema.parse({}), targets, { code: codeVersion(), onProgress }),
  );
  requireAll(recording);
  const checked = await checkAgainst(recording.figures, after, options, await after.ids());
  const { report } = checked;
  writeReport(report, options, terminal);
  if (options.eee !== undefined)
    writeRegressionRecords(
      options.eee,
      report,
      { recording: checked.recording, deployment: after },
      { recording, deployment: before },
    );
  return EXIT[report.verdict];
}

/** Both are called alike, so that each answer of one is compared with that of the other. */
function endpointsOf(options: DiffOptions, terminal: Terminal): AskedModels[] {
  const count = Math.max(options.endpoint.length, options.model.length);
  return Array.from({ length: count }, (_, index) => {
    const { endpoint: endpoints, model: models, ...shared } = options;
    const endpoint = endpoints[index] ?? endpoints.at(-1);
    const model = models[index] ?? models.at(-1);
    const one = {
      ...shared,
      ...(endpoint !== undefined && { endpoint }),
      ...(model !== undefined && { model }),
    };
    return endpointModels(one, terminal, 'model') ?? [];
  }).flat();
}
