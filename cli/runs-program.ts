import { Option, type Command } from 'commander';
import { labelSchema, RUN_KINDS, runPathSchema } from '../contract/history.ts';
import { modelReferenceSchema } from '../contract/model-reference.ts';
import { timeSchema } from '../contract/url-parameters.ts';
import { runExportRuns, runListRuns, runRemoveRun, type RunsOptions } from './commands/runs.ts';
import { textOf, withServer } from './options.ts';
import type { ServerOptions } from './server-client.ts';
import { passer, type ExitCode, type Terminal } from './terminal.ts';

/** Adds the commands for checks and comparisons that a server has saved; `check --save` saves one. */
export function addRunsCommands(
  command: (name: string) => Command,
  terminal: Terminal,
  done: (code: ExitCode) => void,
): void {
  const pass = passer(done);
  const runs = command('runs').description(
    'Checks and comparisons that a server has saved; `check --save` saves one.',
  );

  withFilters(withServer(runs.command('list')))
    .description('List the saved runs, newest first.')
    .option('--json', 'as JSON')
    .action((options: RunsOptions & { json?: boolean }) => pass(runListRuns(options, terminal)));

  withFilters(withServer(runs.command('export')))
    .description('Write saved runs with their requests and results as lines of JSON.')
    .option('--out <file>', 'the file to write (default: standard output)')
    .action((options: RunsOptions & { out?: string }) => pass(runExportRuns(options, terminal)));

  withServer(runs.command('remove'))
    .description('Delete a saved run (needs BINDSCOPE_TOKEN).')
    .argument('<id>', 'the run', textOf(runPathSchema.shape.id))
    .action((id: string, options: ServerOptions) => pass(runRemoveRun(id, options, terminal)));
}

const withFilters = (command: Command) =>
  command
    .addOption(new Option('--kind <name>', 'only runs of this kind').choices(RUN_KINDS))
    .option('--label <text>', 'only those with this label', textOf(labelSchema))
    .option('--model <name>', 'only those of this model', textOf(modelReferenceSchema))
    .option('--from <time>', 'only those from this time on', textOf(timeSchema('from')))
    .option('--to <time>', 'only those before this time', textOf(timeSchema('to')));
