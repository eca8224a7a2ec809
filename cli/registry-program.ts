import type { Command } from 'commander';
import { CLIENT_DEFAULTS } from '../client/index.ts';
import { modelIdSchema } from '../contract/card.ts';
import { aliasNameSchema, PRODUCTION } from '../contract/model-reference.ts';
import { versionNumberSchema } from '../contract/registry.ts';
import {
  runDelete,
  runList,
  runPromote,
  runPublish,
  runRollBack,
  type PublishOptions,
  type RegistryOptions,
} from './commands/registry.ts';
import { LOCAL, numberOf, parsedNumber, textOf } from './options.ts';
import { EXIT, type ExitCode, type Terminal } from './terminal.ts';

const idOf = textOf(modelIdSchema);
const aliasOf = textOf(aliasNameSchema);
const versionOf = numberOf(versionNumberSchema);

/** Adds the commands that speak with the registry of a server. */
export function addRegistryCommands(
  command: (name: string) => Command,
  terminal: Terminal,
  done: (code: ExitCode) => void,
): void {
  const pass = async (work: Promise<void>) => {
    await work;
    done(EXIT.pass);
  };

  withServer(command('publish'))
    .description('Publish the model of a folder into a server. BINDSCOPE_TOKEN lets write.')
    .argument('<folder>', 'such as models/text-only')
    .option('--alias <name>', 'to be pointed at the new version', aliasOf)
    .option('--note <text>', 'why it is published')
    .action((folder: string, options: PublishOptions) =>
      pass(runPublish(folder, options, terminal)),
    );

  withServer(command('registry'))
    .description('List what is published in a server.')
    .option('--json', 'as JSON')
    .action((options: RegistryOptions & { json?: boolean }) => pass(runList(options, terminal)));

  withAlias(withServer(command('promote')))
    .description('Point an alias at a version.')
    .argument('<id>', 'which model', idOf)
    .argument('<version>', 'which version', versionOf)
    .action((id: string, to: number, options: AliasOptions) =>
      pass(runPromote({ id, alias: options.alias, version: to }, options, terminal)),
    );

  withAlias(withServer(command('rollback')))
    .description('Point an alias back at what it pointed at before.')
    .argument('<id>', 'which model', idOf)
    .action((id: string, options: AliasOptions) =>
      pass(runRollBack({ id, alias: options.alias }, options, terminal)),
    );

  withServer(command('delete'))
    .description('Delete a version that no alias points at, for good.')
    .argument('<id>', 'which model', idOf)
    .argument('<version>', 'which version', versionOf)
    .action((id: string, which: number, options: RegistryOptions) =>
      pass(runDelete({ id, version: which }, options, terminal)),
    );
}

type AliasOptions = RegistryOptions & { readonly alias: string };

const withAlias = (command: Command) =>
  command.option('--alias <name>', 'which alias', aliasOf, PRODUCTION);

const withServer = (command: Command) =>
  command
    .option('--url <url>', 'a server', LOCAL)
    .option(
      '--timeout <seconds>',
      'how long a request may take',
      parsedNumber(0.001),
      CLIENT_DEFAULTS.timeout / 1000,
    );
