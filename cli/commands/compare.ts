import { ProblemError, type Client } from '../../client/index.ts';
import {
  compareResponseSchema,
  type CompareRequest,
  type CompareResponse,
} from '../../contract/comparisons.ts';
import { evaluationRequestSchema, type EvaluationResource } from '../../contract/evaluations.ts';
import { writeAtomically } from '../../node/files.ts';
import { withProgressBar } from '../../node/progress.ts';
import { planSelected, runComparison } from '../../services/comparison.ts';
import { compareByRequests } from '../../services/comparison-requests.ts';
import { selectModels } from '../../services/selected-models.ts';
import { folderModels } from '../deployment.ts';
import { LOCAL_URL, type DeploymentOptions } from '../options.ts';
import { comparisonTable } from '../report/comparison-table.ts';
import { evaluatedComparison } from '../report/evaluated-models.ts';
import { writeEveryEvalEver } from '../report/every-eval-ever.ts';
import { installedRuntime } from '../runtimes.ts';
import { serverClient } from '../server-client.ts';
import { EXIT, type ExitCode, type Terminal } from '../terminal.ts';

type Queries = Pick<
  CompareRequest,
  | 'models'
  | 'objects'
  | 'queries'
  | 'start'
  | 'seed'
  | 'split'
  | 'modality'
  | 'order'
  | 'question'
  | 'questionsPerScene'
>;

export interface CompareOptions extends DeploymentOptions, Queries {
  /** The server computes it as an evaluation. */
  readonly remote?: boolean;
  /** A file, or true for standard output. */
  readonly json?: string | true;
  /** Folder for records of Every Eval Ever. */
  readonly eee?: string;
}

type OnProgress = (done: number) => void;

/**
 * Compares models on any number of queries: models of a folder here; those of a server by requests that it accepts, or
 * as an evaluation that the server computes and keeps. All three print the same.
 *
 * @throws Error where a model cannot answer
 */
export async function runCompare(options: CompareOptions, terminal: Terminal): Promise<ExitCode> {
  const { modelsDir, json } = options;
  const request = requestOf(options);
  const result = await withProgressBar('compare', (onProgress) =>
    modelsDir === undefined
      ? compareOnServer(options, request, terminal, onProgress)
      : compareHere(modelsDir, options, request, onProgress),
  );
  if (options.eee !== undefined)
    writeEveryEvalEver(options.eee, evaluatedComparison(result), new Date().toISOString());
  // Parsed for the order of the fields: the same text, whichever way it was computed.
  const text = `${JSON.stringify(compareResponseSchema.parse(result), null, 2)}\n`;
  if (json === true) {
    terminal.out(text);
    return EXIT.pass;
  }
  if (json !== undefined) writeAtomically(json, text);
  terminal.out(comparisonTable(result));
  return EXIT.pass;
}

function requestOf(options: Queries): CompareRequest {
  const { models, objects, queries, start, seed, split } = options;
  const { modality, order, question, questionsPerScene } = options;
  const kind = { split, modality, order, question, questionsPerScene };
  return evaluationRequestSchema.parse({ models, objects, queries, start, seed, ...kind });
}

async function compareHere(
  folder: string,
  { runtime }: CompareOptions,
  request: CompareRequest,
  onProgress: OnProgress,
): Promise<CompareResponse> {
  const models = folderModels(folder, installedRuntime(runtime));
  const plan = planSelected(await selectModels(models, request.models), request);
  const run = runComparison(models, plan);
  for (;;) {
    const step = await run.next();
    if (step.done) return step.value;
    onProgress((step.value.end - request.start) / request.queries);
  }
}

async function compareOnServer(
  options: CompareOptions,
  request: CompareRequest,
  terminal: Terminal,
  onProgress: OnProgress,
): Promise<CompareResponse> {
  const { url = LOCAL_URL, remote = false } = options;
  const client = serverClient({ ...options, url }, terminal);
  const evaluation = remote ? await startEvaluation(client, request, terminal) : undefined;
  if (!evaluation) return compareByRequests(client, request, onProgress);
  terminal.err(
    `evaluation ${evaluation.id}: ${new URL(`evaluations/${evaluation.id}`, withSlash(url)).href}\n` +
      'The server goes on when this command is stopped; the same command waits for it again.\n',
  );
  return resultOf(client, evaluation.id, onProgress);
}

/** @returns undefined where the server has no evaluations, which is said */
async function startEvaluation(client: Client, request: CompareRequest, terminal: Terminal) {
  try {
    return await client.evaluations.start(request);
  } catch (error) {
    if (!(error instanceof ProblemError) || error.kind !== 'not-configured') throw error;
    terminal.err(`${error.message}: the comparison is sent in parts\n`);
    return undefined;
  }
}

/** Waits. @throws Error where the evaluation fails or is deleted */
async function resultOf(
  client: Client,
  id: string,
  onProgress: OnProgress,
): Promise<CompareResponse> {
  let last: EvaluationResource | undefined;
  for await (const evaluation of client.evaluations.follow(id)) {
    onProgress(evaluation.progress.done / evaluation.progress.total);
    last = evaluation;
  }
  if (last?.result) return last.result;
  throw new Error(
    `evaluation ${id} failed: ${last?.error ?? 'unknown reason'}. The same command continues it`,
  );
}

const withSlash = (url: string) => (url.endsWith('/') ? url : `${url}/`);
