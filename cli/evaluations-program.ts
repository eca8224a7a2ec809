import { Option, type Command } from 'commander';
import { EVALUATION_STATES, evaluationPathSchema } from '../contract/evaluations.ts';
import { labelSchema } from '../contract/history.ts';
import { modelReferenceSchema } from '../contract/model-reference.ts';
import { timeSchema } from '../contract/url-parameters.ts';
import {
  runCompareEvaluations,
  runExportEvaluation,
  runListEvaluations,
  runRemoveEvaluation,
  runShowEvaluation,
  type ListEvaluationsOptions,
} from './commands/evaluations.ts';
import { textOf, withServer } from './options.ts';
import type { ServerOptions } from './server-client.ts';
import { passer, type ExitCode, type Terminal } from './terminal.ts';

const evaluationId = textOf(evaluationPathSchema.shape.id);

/** Adds the commands for evaluations that a server keeps; `compare --remote` starts them. */
export function addEvaluationsCommands(
  command: (name: string) => Command,
  terminal: Terminal,
  done: (code: ExitCode) => void,
): void {
  const pass = passer(done);
  const evaluations = command('evaluations').description(
    'Evaluations that a server keeps; `compare --remote` starts one.',
  );

  withServer(evaluations.command('list'))
    .description('List the evaluations of a server, newest first.')
    .addOption(new Option('--state <name>', 'only those in this state').choices(EVALUATION_STATES))
    .option('--label <text>', 'only those with this label', textOf(labelSchema))
    .option('--model <name>', 'only those of this model', textOf(modelReferenceSchema))
    .option('--from <time>', 'only those started from this time on', textOf(timeSchema('from')))
    .option('--to <time>', 'only those started before this time', textOf(timeSchema('to')))
    .option('--json', 'as JSON')
    .action((options: ListEvaluationsOptions) => pass(runListEvaluations(options, terminal)));

  withServer(evaluations.command('show'))
    .description('Print an evaluation and its result. Exit code 2: it is not done.')
    .argument('<id>', 'the evaluation', evaluationId)
    .option('--json', 'as JSON')
    .action(async (id: string, options: ServerOptions & { json?: boolean }) => {
      done(await runShowEvaluation(id, options, terminal));
    });

  withServer(evaluations.command('export'))
    .description('Write an evaluation with the outcome of every query as lines of JSON.')
    .argument('<id>', 'the evaluation', evaluationId)
    .option('--out <file>', 'the file to write (default: standard output)')
    .action((id: string, options: ServerOptions & { out?: string }) =>
      pass(runExportEvaluation(id, options, terminal)),
    );

  withServer(evaluations.command('compare'))
    .description('Compare the models of two evaluations of the same queries; no model runs.')
    .argument('<a>', 'an evaluation', evaluationId)
    .argument('<b>', 'another one', evaluationId)
    .option('--json', 'as JSON')
    .action((a: string, b: string, options: ServerOptions & { json?: boolean }) =>
      pass(runCompareEvaluations(a, b, options, terminal)),
    );

  withServer(evaluations.command('remove'))
    .description('Stop an evaluation, and delete it with its outcomes (needs BINDSCOPE_TOKEN).')
    .argument('<id>', 'the evaluation', evaluationId)
    .action((id: string, options: ServerOptions) =>
      pass(runRemoveEvaluation(id, options, terminal)),
    );
}
