import { Option, type Command } from 'commander';
import { z } from 'zod';
import { WORDING_NAMES } from '../task/language/task-wording.ts';
import { ASSOCIATION_ORDERS, bounded, seedSchema } from '../task/spec.ts';
import { runInterchange, type InterchangeOptions } from './commands/interchange.ts';
import { numberOf, numbersOf } from './options.ts';
import type { ExitCode, Terminal } from './terminal.ts';

/** The command that measures how language models from elsewhere bind. */
export function addInterchangeCommand(
  command: (name: string) => Command,
  terminal: Terminal,
  done: (code: ExitCode) => void,
): void {
  command('interchange')
    .description(
      'Measure how a language model binds: ask it in English, and patch activations from one prompt into another.',
    )
    .requiredOption('--onnx <folder>', "a model as the Hub's ONNX exports are laid out")
    .option('--against <folder>', 'a second model, asked the same prompts')
    .option('--format <name>', 'the end of the file names, such as q4f16 for model_q4f16.onnx')
    .addOption(
      new Option('--template <name>', 'the wording; task is that of the models of bindscope')
        .choices(WORDING_NAMES)
        .default('list'),
    )
    .option('--chat', "ask as a user's message, by the chat template of each folder", false)
    .addOption(
      new Option('--order <name>', 'order of the associations')
        .choices(ASSOCIATION_ORDERS)
        .default('context'),
    )
    .option(
      '--objects <number>',
      'objects of a pair of prompts',
      numberOf(bounded('it', 4, 128)),
      8,
    )
    .option('--pairs <number>', 'pairs of prompts', numberOf(bounded('it', 1, 4096)), 256)
    .addOption(
      new Option('--lengths <numbers>', 'numbers of objects for the accuracy')
        .argParser(
          numbersOf(
            z
              .array(bounded('each number', 1, 128))
              .min(1)
              .max(16),
          ),
        )
        .default([4, 8, 16, 32], '4,8,16,32'),
    )
    .option(
      '--queries <number>',
      'for each number of objects',
      numberOf(bounded('it', 1, 10_000)),
      100,
    )
    .option('--seed <number>', 'seed of the scenes', numberOf(seedSchema), 3)
    .option(
      '--memory <megabytes>',
      'for keys and logits',
      numberOf(bounded('it', 1, 1_000_000)),
      1024,
    )
    .option('--threads <number>', 'threads (default: all cores)', numberOf(bounded('it', 1, 1024)))
    .option('--device <name>', 'an execution provider of onnxruntime-node, such as cuda', 'cpu')
    .requiredOption('--out <file>', 'the file to write')
    .action(async (options: InterchangeOptions) => {
      done(await runInterchange(options, terminal));
    });
}
