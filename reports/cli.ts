import { Command } from 'commander';
import { runProgram } from '../node/run-program.ts';
import { FILLED, SUMMARY } from './filled-documents.ts';
import { writeResults, type ResultsOptions } from './write-results.ts';

const program = new Command('bindscope-results')
  .description(
    'Write docs/results.md, a page for each model, their figures, and the generated tables of README and docs.',
  )
  .option('--models <folder>', 'folder of the shipped models', 'models')
  .option('--results <folder>', 'folder of the figures of other seeds and encoders', 'results')
  .option('--docs <folder>', 'folder of the documents', 'docs')
  .option('--summary <file>', 'what the page of language models shows', SUMMARY)
  .option('--fill <files...>', 'documents with generated tables', FILLED)
  .showHelpAfterError('(--help lists what is allowed)')
  .action((options: ResultsOptions) => writeResults(options));

await runProgram(program);
