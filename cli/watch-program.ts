import { Option, type Command } from 'commander';
import { z } from 'zod';
import { modelReferenceSchema } from '../contract/model-reference.ts';
import { everySchema, WATCH_STATES, watchIdSchema, type WatchState } from '../contract/watches.ts';
import { minimumDetectableOption } from './check-options.ts';
import {
  runAddWatch,
  runExportWatch,
  runListWatches,
  runRemoveWatch,
  runShowWatch,
  type AddWatchOptions,
} from './commands/watch.ts';
import { textOf, withServer } from './options.ts';
import type { ServerOptions } from './server-client.ts';
import { passer, type ExitCode, type Terminal } from './terminal.ts';

const address = textOf(z.url('it must be a URL'));
const watchId = textOf(watchIdSchema);

/** Adds the commands for checks that a server repeats on a schedule. */
export function addWatchCommands(
  command: (name: string) => Command,
  terminal: Terminal,
  done: (code: ExitCode) => void,
): void {
  const pass = passer(done);
  const watch = command('watch').description('Checks that a server repeats on a schedule.');
  type Shown = ServerOptions & { json?: boolean };

  withServer(watch.command('add'))
    .description('Check a deployment against a baseline on a schedule (needs BINDSCOPE_TOKEN).')
    .option('--target <url>', 'another deployment (default: the models of the server)', address)
    .option('--baseline <file>', 'the baseline file', 'baseline.json')
    .option('--every <time>', 'such as 15m, 1h or 1d', textOf(everySchema), '1h')
    .option('--webhook <url>', 'gets a notice of each change', address)
    .option('--name <text>', 'its name for people (default: the host)')
    .addOption(minimumDetectableOption())
    .action((options: AddWatchOptions) => pass(runAddWatch(options, terminal)));

  withServer(watch.command('list'))
    .description('List the watches of a server.')
    .addOption(new Option('--state <name>', 'only watches in this state').choices(WATCH_STATES))
    .option('--model <name>', 'only watches of this model', textOf(modelReferenceSchema))
    .option('--json', 'as JSON')
    .action((options: Shown & { state?: WatchState; model?: string }) =>
      pass(runListWatches(options, terminal)),
    );

  withServer(watch.command('show'))
    .description('Print a watch and its runs. The exit code is that of `check` for its state.')
    .argument('<id>', 'the watch', watchId)
    .option('--json', 'as JSON')
    .action(async (id: string, options: Shown) => {
      done(await runShowWatch(id, options, terminal));
    });

  withServer(watch.command('remove'))
    .description('Stop a watch, and delete its runs (needs BINDSCOPE_TOKEN).')
    .argument('<id>', 'the watch', watchId)
    .action((id: string, options: ServerOptions) => pass(runRemoveWatch(id, options, terminal)));

  withServer(watch.command('export'))
    .description('Write a watch with all its runs and reports as JSON.')
    .argument('<id>', 'the watch', watchId)
    .option('--out <file>', 'the file to write (default: standard output)')
    .action((id: string, options: ServerOptions & { out?: string }) =>
      pass(runExportWatch(id, options, terminal)),
    );
}
