import { Option, type Command } from 'commander';
import { z } from 'zod';
import { wordObjectsSchema } from '../task/language/word-query.ts';
import { ASSOCIATION_ORDERS, bounded, QUESTIONS, seedSchema } from '../task/spec.ts';
import { DATASET_FORMATS, runDataset, type DatasetOptions } from './commands/dataset.ts';
import { runEvaluate, type EvaluateOptions } from './commands/evaluate.ts';
import { withEndpointDetails, withWording } from './endpoint/endpoint-options.ts';
import { eeeOption, numberOf, numbersOf, withRequestLimits } from './options.ts';
import type { ExitCode, Terminal } from './terminal.ts';

const LENGTHS = [2, 4, 8, 9, 12, 16, 24, 32];

/** The commands that ask language models, or write queries for tools that ask them. */
export function addEvaluateCommands(
  command: (name: string) => Command,
  terminal: Terminal,
  done: (code: ExitCode) => void,
): void {
  withRequestLimits(
    withEndpointDetails(withWordPlan(command('evaluate'))),
    'status 429 or 5xx, or a broken answer',
  )
    .description('Ask a deployed language model in English, over an OpenAI-compatible endpoint.')
    .requiredOption('--endpoint <url>', 'such as http://localhost:8000/v1')
    .requiredOption('--model <name>', 'the model, as the endpoint names it')
    .option('--cache <folder>', 'keeps answers, so that a stopped run goes on', '.bindscope-cache')
    .option('--no-cache', 'ask everything anew')
    .option('--estimate', 'print how many requests and tokens it takes, and stop')
    .option('--out <file>', 'the file to write')
    .addOption(eeeOption())
    .action(async (options: EvaluateOptions) => {
      done(await runEvaluate(options, terminal));
    });

  withWording(withWordPlan(command('dataset')))
    .description('Write queries in English as a data set, for other evaluation tools.')
    .addOption(
      new Option('--format <name>', 'for which tool')
        .choices(Object.keys(DATASET_FORMATS))
        .default('jsonl'),
    )
    .requiredOption('--out <folder>', 'a new or empty folder')
    .option('--force', 'replace files in a folder that is not empty')
    .action((options: DatasetOptions) => {
      done(runDataset(options, terminal));
    });
}

/** Options for queries in English. */
function withWordPlan(command: Command): Command {
  return command
    .addOption(
      new Option('--objects <numbers>', 'numbers of objects to ask about, up to 128')
        .argParser(numbersOf(z.array(wordObjectsSchema).min(1).max(32)))
        .default(LENGTHS, LENGTHS.join(',')),
    )
    .option(
      '--queries <number>',
      'queries for each number of objects',
      numberOf(bounded('queries', 1, 10_000)),
      100,
    )
    .addOption(
      new Option('--order <name>', 'order of the associations')
        .choices(ASSOCIATION_ORDERS)
        .default('context'),
    )
    .addOption(
      new Option('--question <name>', 'what is asked').choices(QUESTIONS).default('indirect'),
    )
    .addOption(
      new Option(
        '--vocabulary <sizes>',
        'numbers of colours, shapes and items in use, such as 40,40,32 (default: what pictures can draw)',
      ).argParser(numbersOf(z.array(bounded('each size', 1, 1000)).length(3))),
    )
    .option('--seed <number>', 'seed of the scenes', numberOf(seedSchema), 0);
}
