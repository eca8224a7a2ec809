import type { Watch, WatchRun, WatchState } from '../../contract/watches.ts';
import { writeAtomically } from '../../node/files.ts';
import { readBaseline } from '../baseline-file.ts';
import { serverClient, type ServerOptions } from '../server-client.ts';
import { EXIT, type ExitCode, type Terminal } from '../terminal.ts';

export interface AddWatchOptions extends ServerOptions {
  /** Another deployment; undefined: the one of `url`. */
  readonly target?: string;
  readonly name?: string;
  readonly baseline: string;
  readonly every: string;
  readonly webhook?: string;
  readonly minimumDetectable?: number;
}

/**
 * Adds a watch to a server, and prints its id and what signs its notices.
 *
 * @throws Error where the baseline is invalid, or the server refuses it
 */
export async function runAddWatch(options: AddWatchOptions, terminal: Terminal): Promise<void> {
  const { target, baseline: path, every, webhook, minimumDetectable } = options;
  const name = options.name ?? new URL(target ?? options.url).host;
  const { id, secret } = await serverClient(options, terminal).watches.create({
    ...{ name, every, baseline: readBaseline(path) },
    ...(target !== undefined && { url: target }),
    ...(webhook !== undefined && { webhook }),
    ...(minimumDetectable !== undefined && { minimumDetectable }),
  });
  terminal.out(`watch ${id} checks ${target ?? 'the models of this server'} every ${every}\n`);
  if (secret !== null) terminal.out(`notices are signed with ${secret}\n`);
}

interface Shown extends ServerOptions {
  readonly json?: boolean;
}

export async function runListWatches(
  options: Shown & { readonly state?: WatchState; readonly model?: string },
  terminal: Terminal,
): Promise<void> {
  const { state, model } = options;
  const { watches } = serverClient(options, terminal);
  const all: Watch[] = [];
  for (let after: string | undefined; ;) {
    const page = await watches.list({ limit: 100, state, model, after });
    all.push(...page.watches);
    after = page.watches.at(-1)?.id;
    if (page.next === null) break;
  }
  if (options.json) terminal.out(`${JSON.stringify(all, null, 2)}\n`);
  else terminal.out(all.map(describeWatch).join('') || 'no watches\n');
}

/**
 * Prints a watch, its last runs, and notices that were not delivered.
 *
 * @returns the exit code of `bindscope check` for its state: 2 where it is unreachable or has no state yet
 */
export async function runShowWatch(
  id: string,
  options: Shown,
  terminal: Terminal,
): Promise<ExitCode> {
  const { watches } = serverClient(options, terminal);
  const watch = await watches.get(id);
  const { runs } = await watches.runs(id);
  if (options.json) {
    terminal.out(`${JSON.stringify({ ...watch, runs }, null, 2)}\n`);
  } else {
    terminal.out(describeWatch(watch));
    for (const run of runs) terminal.out(describeRun(run));
    for (const { to, state, attempts, error } of watch.notices) {
      if (state !== 'delivered')
        terminal.out(`notice of ${to} ${state} after ${attempts} attempts: ${error ?? ''}\n`);
    }
  }
  return watch.state === null ? EXIT.couldNotRun : EXITS[watch.state];
}

const EXITS: Readonly<Record<WatchState, ExitCode>> = {
  passing: EXIT.pass,
  regressed: EXIT.regression,
  insufficient: EXIT.insufficient,
  unreachable: EXIT.couldNotRun,
};

export async function runRemoveWatch(
  id: string,
  options: ServerOptions,
  terminal: Terminal,
): Promise<void> {
  const { name } = await serverClient(options, terminal).watches.remove(id);
  terminal.out(`removed ${id} ${name}, with its runs\n`);
}

/** Writes a watch with all its runs and reports as JSON. */
export async function runExportWatch(
  id: string,
  options: ServerOptions & { readonly out?: string },
  terminal: Terminal,
): Promise<void> {
  let watch: unknown;
  const runs: WatchRun[] = [];
  const reports: Record<string, unknown> = {};
  for await (const line of serverClient(options, terminal).watches.export(id)) {
    if (line.event === 'watch') watch = line.watch;
    else if (line.event === 'run') runs.push(line.run);
    else reports[line.id] = line.report;
  }
  const text = `${JSON.stringify({ watch, runs, reports }, null, 2)}\n`;
  if (options.out === undefined) {
    terminal.out(text);
    return;
  }
  writeAtomically(options.out, text);
  const count = Object.keys(reports).length;
  terminal.out(`wrote ${options.out}: runs: ${runs.length}, reports: ${count}\n`);
}

/** `0123456789abcdef passing since 2026-11-26T10:00:00.000Z production, every 1h: text-only` */
function describeWatch({ id, name, url, state, since, every, models, last }: Watch): string {
  const began = since === null ? '' : ` since ${since}`;
  const where = url === null ? '' : ` (${url})`;
  const reason = last?.reason ? `\n  ${last.reason}` : '';
  return `${id} ${state ?? 'new'}${began} ${name}${where}, every ${every}: ${models.join(', ')}${reason}\n`;
}

const describeRun = ({ started, outcome, flips, reason }: WatchRun): string =>
  `${started} ${outcome}, ${flips} answers changed${reason === null ? '' : `: ${reason}`}\n`;
