import { Command } from 'commander';
import { runProgram } from '../node/run-program.ts';
import { writeResults, type ResultsOptions } from './write-results.ts';

const program = new Command('bindscope-results')
  .description(
    "Write docs/results.md, its figures and the README's tables from the cards and probes of all models.",
  )
  .option('--models <folder>', 'folder of the shipped models', 'models')
  .option('--results <folder>', 'folder of the cards of other seeds and encoders', 'results')
  .option('--out <file>', 'the document to write', 'docs/results.md')
  .option('--readme <file>', 'the file whose tables are replaced', 'README.md')
  .showHelpAfterError('(--help lists what is allowed)')
  .action((options: ResultsOptions) => writeResults(options));

await runProgram(program);
