import type { Run, RunSummary } from '../../contract/history.ts';
import { exportLines } from '../export-lines.ts';
import { serverClient, type ServerOptions } from '../server-client.ts';
import type { Terminal } from '../terminal.ts';

/** Which saved runs. */
export interface RunsOptions extends ServerOptions {
  readonly kind?: RunSummary['kind'];
  readonly label?: string;
  readonly model?: string;
  readonly from?: string;
  readonly to?: string;
}

/** Page by page, newest first. */
async function* runsOf(options: RunsOptions, terminal: Terminal): AsyncGenerator<RunSummary> {
  const { kind, label, model, from, to } = options;
  const { history } = serverClient(options, terminal);
  for (let before: string | undefined; ;) {
    const page = await history.list({ limit: 100, kind, label, model, from, to, before });
    yield* page.runs;
    before = page.runs.at(-1)?.id;
    if (page.next === null) return;
  }
}

/** Prints the saved runs of a server. */
export async function runListRuns(
  options: RunsOptions & { readonly json?: boolean },
  terminal: Terminal,
): Promise<void> {
  const all: RunSummary[] = [];
  for await (const run of runsOf(options, terminal)) all.push(run);
  if (options.json) terminal.out(`${JSON.stringify(all, null, 2)}\n`);
  else terminal.out(all.map(describeRun).join('') || 'no runs\n');
}

/** Writes saved runs with their requests and results as lines of JSON. */
export async function runExportRuns(
  options: RunsOptions & { readonly out?: string },
  terminal: Terminal,
): Promise<void> {
  const { history } = serverClient(options, terminal);
  const runs = async function* (): AsyncGenerator<Run> {
    for await (const { id } of runsOf(options, terminal)) yield history.run(id);
  };
  await exportLines(runs(), options.out, terminal, (count) => `runs: ${count}`);
}

export async function runRemoveRun(
  id: string,
  options: ServerOptions,
  terminal: Terminal,
): Promise<void> {
  terminal.out(`removed ${describeRun(await serverClient(options, terminal).history.remove(id))}`);
}

/** `0mih1ad8w-3f9c02b7d14e5a68 check 2026-11-26T10:00:00.000Z "nightly": text-only` */
function describeRun({ id, kind, created, label, digests }: RunSummary): string {
  const about = label === null ? '' : ` "${label}"`;
  return `${id} ${kind} ${created}${about}: ${Object.keys(digests).join(', ')}\n`;
}
