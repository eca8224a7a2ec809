import type { EvaluationSummary } from '../../contract/evaluations.ts';
import { cursorOf } from '../../services/evaluations/evaluation-rows.ts';
import { exportLines } from '../export-lines.ts';
import { comparisonTable, outcomeText } from '../report/comparison-table.ts';
import { serverClient, type ServerOptions } from '../server-client.ts';
import { EXIT, type ExitCode, type Terminal } from '../terminal.ts';

export interface ListEvaluationsOptions extends ServerOptions {
  readonly state?: EvaluationSummary['state'];
  readonly label?: string;
  readonly model?: string;
  readonly from?: string;
  readonly to?: string;
  readonly json?: boolean;
}

/** Prints all evaluations of a server, newest first. */
export async function runListEvaluations(
  options: ListEvaluationsOptions,
  terminal: Terminal,
): Promise<void> {
  const { state, label, model, from, to } = options;
  const { evaluations } = serverClient(options, terminal);
  const all: EvaluationSummary[] = [];
  for (let before: string | undefined; ;) {
    const page = await evaluations.list({ limit: 100, state, label, model, from, to, before });
    all.push(...page.evaluations);
    const last = page.evaluations.at(-1);
    if (page.next === null || !last) break;
    before = cursorOf(last);
  }
  if (options.json) terminal.out(`${JSON.stringify(all, null, 2)}\n`);
  else terminal.out(all.map(describeEvaluation).join('') || 'no evaluations\n');
}

/** Prints an evaluation. @returns 2 where it is not done */
export async function runShowEvaluation(
  id: string,
  options: ServerOptions & { readonly json?: boolean },
  terminal: Terminal,
): Promise<ExitCode> {
  const evaluation = await serverClient(options, terminal).evaluations.get(id);
  const { result, sweeps, knockouts } = evaluation;
  if (options.json) {
    terminal.out(`${JSON.stringify(evaluation, null, 2)}\n`);
  } else {
    terminal.out(describeEvaluation(evaluation));
    if (result)
      terminal.out(outcomeText({ result, sweeps: sweeps ?? [], knockouts: knockouts ?? [] }));
  }
  return result ? EXIT.pass : EXIT.couldNotRun;
}

/** Writes an evaluation with the outcomes of every query as lines of JSON. */
export async function runExportEvaluation(
  id: string,
  options: ServerOptions & { readonly out?: string },
  terminal: Terminal,
): Promise<void> {
  const lines = serverClient(options, terminal).evaluations.export(id);
  // The first line is the evaluation.
  await exportLines(lines, options.out, terminal, (count) => `parts: ${count - 1}`);
}

/** Prints the comparison of the models of two evaluations. */
export async function runCompareEvaluations(
  a: string,
  b: string,
  options: ServerOptions & { readonly json?: boolean },
  terminal: Terminal,
): Promise<void> {
  const comparison = await serverClient(options, terminal).evaluations.compare(a, b);
  if (options.json) terminal.out(`${JSON.stringify(comparison, null, 2)}\n`);
  else terminal.out(comparisonTable(comparison));
}

export async function runRemoveEvaluation(
  id: string,
  options: ServerOptions,
  terminal: Terminal,
): Promise<void> {
  const { state } = await serverClient(options, terminal).evaluations.remove(id);
  terminal.out(`removed evaluation ${id}, which was ${state}\n`);
}

/** `0123…  done 2026-11-26T10:00:00.000Z "nightly", 4 of 4 parts: text-only, image-text` */
function describeEvaluation(evaluation: EvaluationSummary): string {
  const { id, state, label, created, progress, digests, error } = evaluation;
  const about = label === null ? '' : ` "${label}"`;
  const reason = error === null ? '' : `\n  ${error}`;
  const parts = `${progress.done} of ${progress.total} parts`;
  return `${id} ${state} ${created}${about}, ${parts}: ${Object.keys(digests).join(', ')}${reason}\n`;
}
