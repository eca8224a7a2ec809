import { ProblemError, type Client } from '../../client/index.ts';
import { z } from 'zod';
import { compareResponseSchema } from '../../contract/comparisons.ts';
import {
  evaluationRequestSchema,
  type EvaluationRequest,
  type EvaluationResource,
} from '../../contract/evaluations.ts';
import { sweepSchema } from '../../contract/interventions.ts';
import { knockoutResponseSchema, type AttentionCut } from '../../contract/knockouts.ts';
import { writeAtomically } from '../../node/files.ts';
import { withProgressBar } from '../../node/progress.ts';
import { runComparison } from '../../services/comparison.ts';
import { compareByRequests } from '../../services/comparison-requests.ts';
import {
  planEvaluation,
  type EvaluationOutcome,
} from '../../services/evaluations/evaluation-parts.ts';
import { answerKnockout, knockoutResult } from '../../services/knockout.ts';
import { sweepResult, tallySweep } from '../../services/layer-sweep.ts';
import { selectModels } from '../../services/selected-models.ts';
import { folderModels } from '../deployment.ts';
import { LOCAL_URL, type DeploymentOptions } from '../options.ts';
import { outcomeText } from '../report/comparison-table.ts';
import { evaluatedComparison } from '../report/evaluated-models.ts';
import { writeEveryEvalEver } from '../report/every-eval-ever.ts';
import { installedRuntime } from '../runtimes.ts';
import { serverClient } from '../server-client.ts';
import { EXIT, type ExitCode, type Terminal } from '../terminal.ts';

type Queries = Pick<
  EvaluationRequest,
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

export interface CompareOptions
  extends DeploymentOptions, Queries, Pick<EvaluationRequest, 'sweepPairs' | 'label'> {
  readonly knockouts?: readonly AttentionCut[];
  readonly knockoutQueries?: number;
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
  requireComputed(options);
  const request = requestOf(options);
  const outcome = await withProgressBar('compare', (onProgress) =>
    modelsDir === undefined
      ? compareOnServer(options, request, terminal, onProgress)
      : compareHere(modelsDir, options, request, onProgress),
  );
  if (options.eee !== undefined) {
    const time = new Date().toISOString();
    writeEveryEvalEver(options.eee, evaluatedComparison(outcome.result), time);
  }
  const text = `${JSON.stringify(inOrder(outcome, request), null, 2)}\n`;
  if (json === true) {
    terminal.out(text);
    return EXIT.pass;
  }
  if (json !== undefined) writeAtomically(json, text);
  terminal.out(outcomeText(outcome));
  return EXIT.pass;
}

/** @throws Error where an option would do nothing */
function requireComputed(options: CompareOptions): void {
  const { remote = false, modelsDir, sweepPairs, knockouts, knockoutQueries, label } = options;
  if (knockoutQueries !== undefined && !knockouts)
    throw new Error('--knockout-queries needs --knockouts');
  if (remote) return;
  if (label !== undefined) throw new Error('--label needs --remote');
  if (modelsDir === undefined && (sweepPairs !== undefined || knockouts))
    throw new Error('--sweep-pairs and --knockouts need --remote or --models-dir');
}

function comparisonOf(options: Queries): EvaluationRequest {
  const { models, objects, queries, start, seed, split } = options;
  const { modality, order, question, questionsPerScene } = options;
  const kind = { split, modality, order, question, questionsPerScene };
  return evaluationRequestSchema.parse({ models, objects, queries, start, seed, ...kind });
}

function requestOf(options: CompareOptions): EvaluationRequest {
  const { sweepPairs, label, knockouts: cuts, knockoutQueries: queries } = options;
  const knockouts = cuts && { cuts, queries };
  return evaluationRequestSchema.parse({ ...comparisonOf(options), sweepPairs, label, knockouts });
}

/** Parsed for the order of the fields: the same text, whichever way it was computed. */
const inOrder = (
  { result, sweeps, knockouts }: EvaluationOutcome,
  request: EvaluationRequest,
): object => ({
  ...compareResponseSchema.parse(result),
  ...(request.sweepPairs !== undefined && { sweeps: z.array(sweepSchema).parse(sweeps) }),
  ...(request.knockouts && { knockouts: z.array(knockoutResponseSchema).parse(knockouts) }),
});

async function compareHere(
  folder: string,
  { runtime }: CompareOptions,
  request: EvaluationRequest,
  onProgress: OnProgress,
): Promise<EvaluationOutcome> {
  const models = folderModels(folder, installedRuntime(runtime));
  const plan = planEvaluation(await selectModels(models, request.models), request);
  const { pairs, knockoutQueries } = plan;
  const pieces = 1 + plan.sweeps.length + plan.knockouts.length;
  const sweeps: EvaluationOutcome['sweeps'] = [];
  const knockouts: EvaluationOutcome['knockouts'] = [];
  const report = (share: number) => {
    onProgress((sweeps.length + knockouts.length + share) / pieces);
  };
  for (const sweep of plan.sweeps) {
    const tally = await tallySweep(models, sweep, 0, pairs);
    sweeps.push(sweepResult(sweep.reference, sweep, tally));
    report(0);
  }
  for (const knockout of plan.knockouts) {
    const outcomes = await answerKnockout(models, knockout, 0, knockoutQueries);
    knockouts.push(knockoutResult(knockout.reference, knockout, outcomes));
    report(0);
  }
  const run = runComparison(models, plan.comparison);
  for (;;) {
    const step = await run.next();
    if (step.done) return { result: step.value, sweeps, knockouts };
    report((step.value.end - request.start) / request.queries);
  }
}

async function compareOnServer(
  options: CompareOptions,
  request: EvaluationRequest,
  terminal: Terminal,
  onProgress: OnProgress,
): Promise<EvaluationOutcome> {
  const { url = LOCAL_URL, remote = false } = options;
  const client = serverClient({ ...options, url }, terminal);
  const evaluation = remote ? await startEvaluation(client, request, terminal) : undefined;
  if (!evaluation) {
    const result = await compareByRequests(client, comparisonOf(options), onProgress);
    return { result, sweeps: [], knockouts: [] };
  }
  terminal.err(
    `evaluation ${evaluation.id}: ${new URL(`evaluations/${evaluation.id}`, withSlash(url)).href}\n` +
      'The server goes on when this command is stopped; the same command waits for it again.\n',
  );
  return resultOf(client, evaluation.id, onProgress);
}

/** @returns undefined where the server has no evaluations, which is said */
async function startEvaluation(client: Client, request: EvaluationRequest, terminal: Terminal) {
  try {
    return await client.evaluations.start(request);
  } catch (error) {
    if (!(error instanceof ProblemError) || error.kind !== 'not-configured') throw error;
    if (request.sweepPairs !== undefined || request.knockouts) throw error;
    terminal.err(`${error.message}: the comparison is sent in parts\n`);
    return undefined;
  }
}

/** Waits. @throws Error where the evaluation fails or is deleted */
async function resultOf(
  client: Client,
  id: string,
  onProgress: OnProgress,
): Promise<EvaluationOutcome> {
  let last: EvaluationResource | undefined;
  for await (const evaluation of client.evaluations.follow(id)) {
    onProgress(evaluation.progress.done / evaluation.progress.total);
    last = evaluation;
  }
  const { result, sweeps, knockouts } = last ?? {};
  if (result) return { result, sweeps: sweeps ?? [], knockouts: knockouts ?? [] };
  throw new Error(
    `evaluation ${id} failed: ${last?.error ?? 'unknown reason'}. The same command continues it`,
  );
}

const withSlash = (url: string) => (url.endsWith('/') ? url : `${url}/`);
