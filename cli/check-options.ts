import { Option, type Command } from 'commander';
import { z } from 'zod';
import { planSchema } from '../contract/baseline.ts';
import { modelReferenceSchema } from '../contract/model-reference.ts';
import { listOf, numberOf, numbersOf, shareOf } from './options.ts';

/** Options of the commands that record and check. */

/** The default plan: numbers of objects in training, just above, and far above. */
const DEFAULT_PLAN = {
  objects: [2, 4, 8, 9, 12, 16, 24],
  queries: 200,
  questionsPerScene: 1,
  pairs: 64,
  requests: 20,
  seed: 0,
};

/** Options for the queries of a baseline. */
export function withPlan(command: Command): Command {
  const { objects, queries, questionsPerScene, pairs, requests, seed } = planSchema.shape;
  return command
    .addOption(modelsOption('all'))
    .addOption(
      new Option('--objects <numbers>', 'numbers of objects to ask about')
        .argParser(numbersOf(objects))
        .default(DEFAULT_PLAN.objects, DEFAULT_PLAN.objects.join(',')),
    )
    .option(
      '--queries <number>',
      'queries for each number of objects',
      numberOf(queries),
      DEFAULT_PLAN.queries,
    )
    .option(
      '--questions-per-scene <number>',
      'most queries per scene; with 1 they are independent',
      numberOf(questionsPerScene),
      DEFAULT_PLAN.questionsPerScene,
    )
    .option(
      '--pairs <number>',
      'pairs of prompts to measure the mechanism; 0 skips it',
      numberOf(pairs),
      DEFAULT_PLAN.pairs,
    )
    .option(
      '--requests <number>',
      'requests to measure the latency',
      numberOf(requests),
      DEFAULT_PLAN.requests,
    )
    .option('--seed <number>', 'seed of the queries', numberOf(seed), DEFAULT_PLAN.seed);
}

export const modelsOption = (defaultModels: string) =>
  new Option(
    '--models <names>',
    `such as text-only,image-text@canary (default: ${defaultModels})`,
  ).argParser(
    listOf(
      z.array(modelReferenceSchema).superRefine((names, context) => {
        for (const name of new Set(names.filter((one, at) => names.indexOf(one) < at)))
          context.addIssue({ code: 'custom', message: `"${name}" must not be repeated` });
      }),
    ),
  );

export const minimumDetectableOption = () =>
  new Option(
    '--minimum-detectable <share>',
    'loss of accuracy, such as 0.03, that every comparison must be able to detect',
  ).argParser(shareOf(z.number(SHARE).gt(0, SHARE).lt(1, SHARE)));

const SHARE = 'it must be a share between 0 and 1, such as 0.03';

export function withReports(command: Command): Command {
  return command
    .addOption(minimumDetectableOption())
    .option('--json [file]', 'write the report as JSON, to a file or instead of the table')
    .option('--junit <file>', 'write the report as JUnit XML');
}
