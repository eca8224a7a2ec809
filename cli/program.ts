import { readFileSync } from 'node:fs';
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
import { planSchema } from '../contract/baseline.ts';
import { modelReferenceSchema } from '../contract/model-reference.ts';
import { runAsk, type AskOptions } from './commands/ask.ts';
import { runBaseline, type BaselineOptions } from './commands/baseline.ts';
import { runCheck, type CheckOptions } from './commands/check.ts';
import { FORMATS, runConvert, type ConvertOptions } from './commands/convert.ts';
import { runImport, type ImportCommandOptions } from './commands/import.ts';
import { runDiff, type DiffOptions } from './commands/diff.ts';
import { listOf, numberOf, numbersOf, withAccess, withDeployment } from './options.ts';
import { command as annotation } from './report/github.ts';
import { addRegistryCommands } from './registry-program.ts';
import { EXIT, type ExitCode, type Terminal } from './terminal.ts';

/** What is asked where nothing else is said: in training, at its edge, and far beyond. */
const PLAN = {
  objects: [2, 4, 8, 9, 12, 16, 24],
  queries: 200,
  questionsPerScene: 1,
  pairs: 64,
  requests: 20,
  seed: 0,
};

const VERSION = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))).version;

const EXAMPLES = `
Examples:
  bindscope baseline --models-dir models          record what files can do
  bindscope check --url https://example.com       is a server as good as baseline.json?
  bindscope publish models/text-only --alias canary
  bindscope check --models text-only@canary       before it is promoted
  bindscope promote text-only 2

Exit codes: 0 as it should be, 1 a model does worse, 2 could not run.`;

/**
 * Runs the command line.
 *
 * @param args without the program's own name
 * @returns the exit code; whatever goes wrong is told in one line
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
    // Commander has told its own already.
    if (!(error instanceof CommanderError)) terminal.err(`error: ${message}\n`);
    if (terminal.env['GITHUB_ACTIONS'] === 'true')
      terminal.out(`${annotation('error', message)}\n`);
    return EXIT.couldNotRun;
  }
}

function messageOf(error: unknown): string {
  if (error instanceof z.ZodError) {
    const [{ path, message }] = error.issues;
    return `${path.join('.')}: ${message}`;
  }
  if (error instanceof CommanderError) return inOneLine(error.message).replace(/^error: /, '');
  return error instanceof Error ? error.message.split('\n')[0] : 'something unknown went wrong';
}

const inOneLine = (text: string): string => text.trim().replaceAll(/\s*\n\s*/g, ' ');

function programOf(terminal: Terminal, done: (code: ExitCode) => void): Command {
  const program = new Command('bindscope')
    .description('Checks that deployed models still do what they did, and publishes others.')
    .version(VERSION, '-V, --version', 'tell the version')
    .addHelpText('after', EXAMPLES)
    .configureOutput({
      writeOut: terminal.out,
      writeErr: terminal.err,
      outputError: (text, write) => {
        write(`${inOneLine(text)} (--help lists what is allowed)\n`);
      },
    })
    .exitOverride();

  const command = (name: string) => program.command(name);

  withPlan(withDeployment(command('baseline')))
    .description('Record what a deployment can do, in a file for git.')
    .option('--out <file>', 'the file', 'baseline.json')
    .action(async (options: BaselineOptions) => {
      done(await runBaseline(options, terminal));
    });

  withReports(withDeployment(command('check')))
    .description('Ask the same again: exit 0 as before, 1 worse, 2 could not run.')
    .option('--baseline <file>', 'what it could do before', 'baseline.json')
    .addOption(modelsOption('all of the baseline'))
    .addOption(
      new Option(
        '--save [label]',
        'have the server keep the report in its history (BINDSCOPE_TOKEN lets write)',
      ).conflicts('modelsDir'),
    )
    .action(async (options: CheckOptions) => {
      done(await runCheck(options, terminal));
    });

  withReports(withPlan(withAccess(command('diff'))))
    .description('Compare a second deployment with a first.')
    .addOption(repeated('--url <url>', 'a server'))
    .addOption(repeated('--models-dir <folder>', 'a folder laid out as models/, without a server'))
    .action(async (options: DiffOptions) => {
      done(await runDiff(options, terminal));
    });

  withDeployment(command('ask'))
    .description('Ask a model one drawn query.')
    .requiredOption('--model <name>', 'which model, such as text-only or text-only@canary')
    .option('--objects <number>', 'objects in the scene', numberOf(objectsSchema), 8)
    .addOption(
      new Option('--modality <name>', 'of the context').choices(MODALITIES).default('text'),
    )
    .addOption(
      new Option('--order <name>', 'of the associations')
        .choices(ASSOCIATION_ORDERS)
        .default('context'),
    )
    .option('--seed <number>', 'seed of the scenes', numberOf(seedSchema), 0)
    .option('--index <number>', 'which scene', numberOf(indexSchema), 0)
    .option(
      '--top <number>',
      'how many of the most probable tokens to tell',
      numberOf(bounded('top', 1, API_LIMITS.top)),
      3,
    )
    .option('--json', 'as JSON')
    .action(async (options: AskOptions) => {
      done(await runAsk(options, terminal));
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

  addRegistryCommands(command, terminal, done);
  return program;
}

/** What is asked of the models. */
function withPlan(command: Command): Command {
  const { objects, queries, questionsPerScene, pairs, requests, seed } = planSchema.shape;
  return command
    .addOption(modelsOption('all'))
    .addOption(
      new Option('--objects <numbers>', 'numbers of objects to ask about')
        .argParser(numbersOf(objects))
        .default(PLAN.objects, PLAN.objects.join(',')),
    )
    .option(
      '--queries <number>',
      'queries for each number of objects',
      numberOf(queries),
      PLAN.queries,
    )
    .option(
      '--questions-per-scene <number>',
      'most queries about one scene; 1 keeps them independent',
      numberOf(questionsPerScene),
      PLAN.questionsPerScene,
    )
    .option(
      '--pairs <number>',
      'pairs of texts to tell the mechanism by; 0 leaves it out',
      numberOf(pairs),
      PLAN.pairs,
    )
    .option(
      '--requests <number>',
      'requests to take the latency of',
      numberOf(requests),
      PLAN.requests,
    )
    .option('--seed <number>', 'seed of the queries', numberOf(seed), PLAN.seed);
}

const modelsOption = (usual: string) =>
  new Option(
    '--models <names>',
    `such as text-only,image-text@canary (default: ${usual})`,
  ).argParser(listOf(z.array(modelReferenceSchema)));

function withReports(command: Command): Command {
  return command
    .option('--json [file]', 'the report as JSON, to a file or instead of the table')
    .option('--junit <file>', 'the report as JUnit XML');
}

const repeated = (flags: string, description: string) =>
  new Option(flags, description)
    .default([], 'none')
    .argParser((value: string, before: string[]) => [...before, value]);
