import type { Command } from 'commander';
import { modelIdSchema } from '../contract/card.ts';
import { aliasNameSchema, PRODUCTION, SHIPPED } from '../contract/model-reference.ts';
import { versionNumberSchema, type AliasTarget } from '../contract/registry.ts';
import { runDoctor, type DoctorOptions } from './commands/doctor.ts';
import {
  runChanges,
  runDelete,
  runList,
  runPromote,
  runPublish,
  runRemoveAlias,
  runRollBack,
  type PublishOptions,
} from './commands/registry.ts';
import { runSign, runVerify } from './commands/sign.ts';
import type { ServerOptions } from './server-client.ts';
import { numberOf, textOf, withServer } from './options.ts';
import { passer, type ExitCode, type Terminal } from './terminal.ts';

const modelId = textOf(modelIdSchema);
const aliasName = textOf(aliasNameSchema);
const versionNumber = numberOf(versionNumberSchema);
const versionOrShipped = (text: string) => (text === SHIPPED ? SHIPPED : versionNumber(text));

/** Adds the commands that manage a server: its registry, and what it has switched on. */
export function addServerCommands(
  command: (name: string) => Command,
  terminal: Terminal,
  done: (code: ExitCode) => void,
): void {
  const pass = passer(done);

  withServer(command('doctor'))
    .description('Print what a deployment has switched on, and what to do about the rest.')
    .option('--json', 'as JSON')
    .action(async (options: DoctorOptions) => {
      done(await runDoctor(options, terminal));
    });

  withServer(command('publish'))
    .description('Publish the model of a folder on a server (needs BINDSCOPE_TOKEN).')
    .argument('<folder>', 'such as models/text-only')
    .option('--alias <name>', 'alias that points to the new version', aliasName)
    .option('--note <text>', 'note about the version')
    .action((folder: string, options: PublishOptions) =>
      pass(runPublish(folder, options, terminal)),
    );

  command('sign')
    .description('Sign all files of a folder in model.sig (OpenSSF Model Signing).')
    .argument('<folder>', 'such as models/text-only')
    .requiredOption('--key <file>', 'a private key as PEM: ECDSA on P-256 or Ed25519')
    .action((folder: string, options: { key: string }) => pass(runSign(folder, options, terminal)));

  command('verify')
    .description('Verify model.sig of a folder with a public key.')
    .argument('<folder>', 'such as models/text-only')
    .requiredOption('--key <file>', 'a public key as PEM')
    .action(async (folder: string, options: { key: string }) => {
      done(await runVerify(folder, options, terminal));
    });

  withServer(command('registry'))
    .description('List the published models of a server.')
    .option('--json', 'as JSON')
    .action((options: ServerOptions & { json?: boolean }) => pass(runList(options, terminal)));

  withAlias(withServer(command('promote')))
    .description('Point an alias to a version.')
    .argument('<id>', 'the model', modelId)
    .argument('<version>', `the version, or ${SHIPPED}`, versionOrShipped)
    .action((id: string, version: AliasTarget, options: AliasOptions) =>
      pass(runPromote({ id, alias: options.alias, version }, options, terminal)),
    );

  withAlias(withServer(command('rollback')))
    .description('Point an alias back to its previous version.')
    .argument('<id>', 'the model', modelId)
    .action((id: string, options: AliasOptions) =>
      pass(runRollBack({ id, alias: options.alias }, options, terminal)),
    );

  withServer(command('remove-alias'))
    .description('Remove an alias; without production, the id selects the shipped version.')
    .argument('<id>', 'the model', modelId)
    .argument('<alias>', 'the alias', aliasName)
    .action((id: string, alias: string, options: ServerOptions) =>
      pass(runRemoveAlias({ id, alias }, options, terminal)),
    );

  withServer(command('changes'))
    .description('List who changed what in the registry, and when.')
    .argument('<id>', 'the model', modelId)
    .option('--json', 'as JSON')
    .action((id: string, options: ServerOptions & { json?: boolean }) =>
      pass(runChanges(id, options, terminal)),
    );

  withServer(command('delete'))
    .description('Delete a version without aliases permanently.')
    .argument('<id>', 'the model', modelId)
    .argument('<version>', 'the version', versionNumber)
    .action((id: string, version: number, options: ServerOptions) =>
      pass(runDelete({ id, version }, options, terminal)),
    );
}

type AliasOptions = ServerOptions & { readonly alias: string };

const withAlias = (command: Command) =>
  command.option('--alias <name>', 'the alias', aliasName, PRODUCTION);
