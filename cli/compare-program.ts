import { Option, type Command } from 'commander';
import { z } from 'zod';
import { evaluationRequestSchema } from '../contract/evaluations.ts';
import { labelSchema } from '../contract/history.ts';
import { attentionCutSchema } from '../contract/knockouts.ts';
import { API_LIMITS } from '../contract/limits.ts';
import { modelReferenceSchema } from '../contract/model-reference.ts';
import {
  ASSOCIATION_ORDERS,
  MODALITIES,
  objectsSchema,
  QUESTIONS,
  seedSchema,
  SPLITS,
} from '../task/spec.ts';
import { runCompare, type CompareOptions } from './commands/compare.ts';
import { listOf, numberOf, numbersOf, textOf, withDeployment } from './options.ts';
import type { ExitCode, Terminal } from './terminal.ts';

const { queries, start, questionsPerScene, sweepPairs, knockouts } = evaluationRequestSchema.shape;
const { queries: knockoutQueries } = knockouts.unwrap().shape;
const DEFAULTS = evaluationRequestSchema.parse({ models: ['any'] });

/** A cut as text: the group that attends, the one that it attends to, and the layers where not all are cut. */
const CUT = /^([^:]+):([^:]+)(?::(\d+)-(\d+))?$/;
const cutsSchema = z.array(
  z.preprocess((text) => {
    const [, from, to, first, last] = CUT.exec(String(text)) ?? [];
    return { from, to, ...(first !== undefined && { layers: [Number(first), Number(last)] }) };
  }, attentionCutSchema),
);

/** Adds the command that compares models on any number of queries. */
export function addCompareCommand(
  command: (name: string) => Command,
  terminal: Terminal,
  done: (code: ExitCode) => void,
): void {
  withDeployment(command('compare'))
    .description('Compare models on the same queries, as many as you want.')
    .requiredOption(
      '--models <names>',
      'such as text-only,image-text@canary',
      listOf(z.array(modelReferenceSchema).min(1).max(API_LIMITS.modelsPerRequest)),
    )
    .addOption(
      new Option('--objects <numbers>', 'numbers of objects to ask about')
        .argParser(numbersOf(z.array(objectsSchema).min(1)))
        .default(DEFAULTS.objects, DEFAULTS.objects.join(',')),
    )
    .option(
      '--queries <number>',
      'queries for each number of objects',
      numberOf(queries),
      DEFAULTS.queries,
    )
    .option('--start <number>', 'index of the first query', numberOf(start), 0)
    .option('--seed <number>', 'seed of the queries', numberOf(seedSchema), DEFAULTS.seed)
    .option(
      '--questions-per-scene <number>',
      'most queries per scene; with 1 they are independent',
      numberOf(questionsPerScene),
      DEFAULTS.questionsPerScene,
    )
    .addOption(choice('--split <name>', 'split of the scenes', SPLITS, DEFAULTS.split))
    .addOption(choice('--modality <name>', 'modality of the context', MODALITIES, 'text'))
    .addOption(
      choice('--order <name>', 'order of the associations', ASSOCIATION_ORDERS, DEFAULTS.order),
    )
    .addOption(choice('--question <name>', 'what is asked', QUESTIONS, DEFAULTS.question))
    .addOption(
      new Option(
        '--sweep-pairs <number>',
        'adds sweeps of every layer over so many pairs',
      ).argParser(numberOf(sweepPairs.unwrap())),
    )
    .addOption(
      new Option(
        '--knockouts <cuts>',
        'adds knockouts of attention, such as query:association-item,shape:colour:0-3 (from:to:layers)',
      ).argParser(listOf(cutsSchema)),
    )
    .addOption(
      new Option('--knockout-queries <number>', 'queries of each knockout').argParser(
        numberOf(knockoutQueries),
      ),
    )
    .option('--label <text>', 'what the evaluation is about (with --remote)', textOf(labelSchema))
    .addOption(
      new Option(
        '--remote',
        'the server computes it as an evaluation and keeps it (needs BINDSCOPE_TOKEN)',
      ).conflicts('modelsDir'),
    )
    .option('--json [file]', 'write the result as JSON, to a file or instead of the tables')
    .option('--eee <folder>', 'also write records of Every Eval Ever, without the queries')
    .action(async (options: CompareOptions) => {
      done(await runCompare(options, terminal));
    });
}

const choice = (flags: string, description: string, names: readonly string[], chosen: string) =>
  new Option(flags, description).choices(names).default(chosen);
