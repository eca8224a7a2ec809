import { Command, CommanderError, Option } from 'commander';
import { z } from 'zod';
import {
  bounded,
  ASSOCIATION_ORDERS,
  indexSchema,
  MODALITIES,
  objectsSchema,
  seedSchema,
} from '../task/spec.ts';
import { API_LIMITS } from '../contract/limits.ts';
import { minimumDetectableOption, modelsOption, withPlan, withReports } from './check-options.ts';
import { VERSION } from './code-version.ts';
import { runAsk, type AskOptions } from './commands/ask.ts';
import { runBaseline, type BaselineOptions } from './commands/baseline.ts';
import { runCheck, type CheckOptions } from './commands/check.ts';
import { FORMATS, runConvert, type ConvertOptions } from './commands/convert.ts';
import { runIntervene, type InterveneOptions } from './commands/intervene.ts';
import { runImport, type ImportCommandOptions } from './commands/import.ts';
import { runDiff, type DiffOptions } from './commands/diff.ts';
import { eeeOption, numberOf, requireValidValues, withAccess, withDeployment } from './options.ts';
import { withEndpoint } from './endpoint/endpoint-models.ts';
import { withEndpointDetails } from './endpoint/endpoint-options.ts';
import { workflowCommand } from './report/github.ts';
import { inOneLine, messageOf } from './error-message.ts';
import { addCompareCommand } from './compare-program.ts';
import { addEvaluateCommands } from './evaluate-program.ts';
import { addEvaluationsCommands } from './evaluations-program.ts';
import { addInterchangeCommand } from './interchange-program.ts';
import { addRunsCommands } from './runs-program.ts';
import { addServerCommands } from './server-program.ts';
import { addWatchCommands } from './watch-program.ts';
import { EXIT, type ExitCode, type Terminal } from './terminal.ts';

const EXAMPLES = `
Examples:
  bindscope baseline --models-dir models          record the accuracy of local files
  bindscope check --url https://example.com       compare a server with baseline.json
  bindscope publish models/text-only --alias canary
  bindscope check --models text-only@canary       check a version before its promotion
  bindscope promote text-only 2

Exit codes: 0 no regression, 1 a model got worse, 2 the command could not run, 3 nothing got worse, but the check
could not have seen enough.`;

/**
 * Runs the command line.
 *
 * @param args without the program's name
 * @returns the exit code; an error is reported in one line
 */
export async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let code: ExitCode = EXIT.pass;
  const program = programOf(terminal, (result) => (code = result));
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.pass;
    const message = messageOf(error);
    // Commander has already reported its own errors.
    if (!(error instanceof CommanderError)) terminal.err(`error: ${message}\n`);
    if (terminal.env['GITHUB_ACTIONS'] === 'true')
      terminal.out(`${workflowCommand('error', message)}\n`);
    return EXIT.couldNotRun;
  }
}

function programOf(terminal: Terminal, done: (code: ExitCode) => void): Command {
  const program = new Command('bindscope')
    .description('Checks deployed models for regressions, and publishes models.')
    .version(VERSION, '-V, --version', 'print the version')
    .addHelpText('after', EXAMPLES)
    .configureOutput({
      writeOut: terminal.out,
      writeErr: terminal.err,
      outputError: (text, write) => {
        write(`${inOneLine(text)} (see --help)\n`);
      },
    })
    .exitOverride()
    .hook('preAction', (_, command) => {
      requireValidValues(command);
    });

  const command = (name: string) => program.command(name);

  withEndpoint(withPlan(withDeployment(command('baseline'))))
    .description('Record the accuracy of a deployment in a file for git.')
    .option('--out <file>', 'the file to write', 'baseline.json')
    .addOption(minimumDetectableOption())
    .addOption(eeeOption())
    .action(async (options: BaselineOptions) => {
      done(await runBaseline(options, terminal));
    });

  withEndpoint(withReports(withDeployment(command('check'))))
    .description(
      'Compare a deployment with a baseline. Exit codes: 0 no regression, 1 regression, 2 could not run, ' +
        '3 insufficient.',
    )
    .option('--baseline <file>', 'the baseline file', 'baseline.json')
    .addOption(modelsOption('all models of the baseline'))
    .addOption(
      new Option(
        '--update',
        'record the baseline anew with what this check finds, and keep its tolerances',
      ).conflicts('models'),
    )
    .addOption(
      new Option(
        '--save [label]',
        'save the report in the history of the server (needs BINDSCOPE_TOKEN)',
      ).conflicts(['modelsDir', 'endpoint']),
    )
    .addOption(eeeOption())
    .option('--comment', 'write a comment on the pull request, in a run of GitHub Actions')
    .action(async (options: CheckOptions) => {
      done(await runCheck(options, terminal));
    });

  withEndpointDetails(withReports(withPlan(withAccess(command('diff')))))
    .description('Compare a second deployment with the first one.')
    .addOption(repeated('--url <url>', 'a server'))
    .addOption(
      repeated('--models-dir <folder>', 'a folder with the layout of models/, instead of a server'),
    )
    .addOption(
      repeated('--endpoint <url>', 'an OpenAI-compatible endpoint, instead of a server').conflicts(
        'models',
      ),
    )
    .addOption(
      repeated('--model <name>', 'a language model of the endpoint; twice for two of one endpoint'),
    )
    .addOption(eeeOption())
    .action(async (options: DiffOptions) => {
      done(await runDiff(options, terminal));
    });

  withDeployment(command('ask'))
    .description('Ask a model one generated query.')
    .requiredOption('--model <name>', 'the model, such as text-only or text-only@canary')
    .option('--objects <number>', 'objects in the scene', numberOf(objectsSchema), 8)
    .addOption(
      new Option('--modality <name>', 'modality of the context')
        .choices(MODALITIES)
        .default('text'),
    )
    .addOption(
      new Option('--order <name>', 'order of the associations')
        .choices(ASSOCIATION_ORDERS)
        .default('context'),
    )
    .option('--seed <number>', 'seed of the scenes', numberOf(seedSchema), 0)
    .option('--index <number>', 'index of the scene', numberOf(indexSchema), 0)
    .option(
      '--top <number>',
      'number of most probable tokens to print',
      numberOf(bounded('top', 1, API_LIMITS.top)),
      3,
    )
    .option('--json', 'as JSON')
    .action(async (options: AskOptions) => {
      done(await runAsk(options, terminal));
    });

  withDeployment(command('intervene'))
    .description('Run an intervention document: patch activations, and measure what changes.')
    .argument('<document>', 'a JSON file')
    .option('--explain', 'print the forward passes and their cost, and run nothing')
    .option('--json', 'as JSON')
    .action(async (file: string, options: InterveneOptions) => {
      done(await runIntervene(file, options, terminal));
    });

  command('convert')
    .description('Write a model in the format of other tools, such as Hugging Face transformers.')
    .argument('<folder>', 'such as models/text-only')
    .addOption(
      new Option('--to <format>', 'which format')
        .choices(Object.keys(FORMATS))
        .default('huggingface'),
    )
    .requiredOption('--out <folder>', 'a new or empty folder')
    .option('--force', 'replace files in a folder that is not empty')
    .action((folder: string, options: ConvertOptions) => {
      done(runConvert(folder, options, terminal));
    });

  command('import')
    .description('Import an ONNX decoder from elsewhere: read how it is fed, and measure it.')
    .argument('<file>', 'such as model.onnx')
    .requiredOption('--id <id>', 'what the model is called here')
    .option('--name <text>', 'its name for people')
    .option('--description <text>', 'one paragraph about it')
    .requiredOption('--out <folder>', 'where the folder <id> is made')
    .addOption(
      new Option('--queries <number>', 'test queries for each number of objects')
        .argParser(numberOf(z.coerce.number().int().min(1).max(10_000)))
        .default(1000),
    )
    .addOption(
      new Option('--pairs <number>', 'pairs of prompts for the mechanism')
        .argParser(numberOf(z.coerce.number().int().min(1).max(4096)))
        .default(256),
    )
    .option('--force', 'replace the files of a folder that is not empty')
    .action(async (file: string, options: ImportCommandOptions) => {
      done(await runImport(file, options, terminal));
    });

  addCompareCommand(command, terminal, done);
  addEvaluationsCommands(command, terminal, done);
  addEvaluateCommands(command, terminal, done);
  addInterchangeCommand(command, terminal, done);
  addRunsCommands(command, terminal, done);
  addServerCommands(command, terminal, done);
  addWatchCommands(command, terminal, done);
  return program;
}

const repeated = (flags: string, description: string) =>
  new Option(flags, description)
    .default([], 'none')
    .argParser((value: string, before: string[]) => [...before, value]);
