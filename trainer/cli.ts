import { availableParallelism } from 'node:os';
import { Argument, Command, Option } from 'commander';
import { weightTypeSchema } from '../contract/card.ts';
import { PROBE_SECTIONS } from '../contract/probes.ts';
import { ENCODER_NAMES, type EncoderName } from '../measurement/encoders/index.ts';
import { runProgram } from '../node/run-program.ts';
import {
  encoderOption,
  encoders,
  engineOption,
  gridOption,
  modelsOption,
  pairsOption,
  positiveNumber,
  presetOption,
  queriesOption,
  regimeOption,
  regimes,
  slurmOption,
  wholeNumber,
  wholeNumbers,
} from './cli-options.ts';
import { runCard, type CardOptions } from './commands/card.ts';
import { runEncoder, type EncoderOptions } from './commands/encoder.ts';
import { runEvaluate, type EvaluateOptions } from './commands/evaluate.ts';
import { runExport, type ExportCommandOptions } from './commands/export.ts';
import { runProbe, type ProbeOptions } from './commands/probe.ts';
import { EXECUTORS, runSweep, type SweepCommandOptions } from './commands/sweep.ts';
import { runTrain, type TrainCommandOptions } from './commands/train.ts';
import { PROVIDERS } from './engines/engine.ts';
import { PAPER_REGIMES } from './regimes/index.ts';
import { DEFAULT_ENCODER } from './run-key.ts';

const program = new Command('bindscope-trainer')
  .description('Trains, evaluates, probes and exports the models of bindscope.')
  .showHelpAfterError('(--help lists what is allowed)');

program
  .command('train')
  .description('Train a regime, or continue its run from the last checkpoint.')
  .addOption(regimeOption())
  .addOption(presetOption())
  .option('--seed <number>', 'seed of parameters and training scenes', wholeNumber, 0)
  .option('--out <folder>', 'folder of the run (default: runs/<regime>-<preset>-<seed>)')
  .option(
    '--from <folder>',
    'run to start from (default: the same preset and seed of the regime that is needed)',
  )
  .option(
    '--embeddings-from <folder>',
    'run that the donor token embeddings come from (default: the next seed of the parent)',
  )
  .option(
    '--match-budget <folder>',
    'run whose steps and answers a control repeats (default: the same preset and seed)',
  )
  .addOption(engineOption())
  .addOption(
    new Option('--provider <name>', 'execution provider of the engine ort (default: cpu)').choices(
      PROVIDERS,
    ),
  )
  .option(
    '--threads <number>',
    'threads of ort and tfjs-gpu on the CPU (default: 1)',
    positiveNumber,
  )
  .option('--allow-cpu-fallback', 'let tfjs-gpu train on the CPU where it finds no GPU')
  .addOption(encoderOption())
  .addOption(gridOption())
  .option('--probe-every <steps>', 'steps between two measurements of the mechanism', wholeNumber)
  .option('--stop-after <steps>', 'save and stop after this step', wholeNumber)
  .action((options: TrainCommandOptions) => runTrain(options));

program
  .command('export')
  .description('Write models/<id>: ONNX files, the card with test accuracies, the training log.')
  .addOption(regimeOption())
  .addOption(presetOption())
  .option('--seed <number>', 'seed of the run', wholeNumber, 0)
  .addOption(encoderOption())
  .addOption(gridOption())
  .option('--run <folder>', 'folder of the run (default: runs/<regime>-<preset>-<seed>)')
  .option(
    '--id <id>',
    'id of the model (default: the regime, with preset, seed and encoder where they are not the default)',
  )
  .addOption(modelsOption())
  .addOption(queriesOption())
  .addOption(
    new Option(
      '--weights <type>',
      'how parameters are stored (default: float32, at paper size float16)',
    ).choices(weightTypeSchema.options),
  )
  .action((options: ExportCommandOptions) => runExport(options));

program
  .command('probe')
  .description(
    'Write models/<id>/probes.json: how the model binds. Measures missing sections only.',
  )
  .argument('[model]', 'id of an exported model')
  .addOption(encoderOption())
  .addOption(modelsOption())
  .option('--run <folder>', 'probe a run instead and write <checkpoint>.probes.json there')
  .option('--checkpoint <stage>', 'probe the end of this stage of the run (default: the latest)')
  .addOption(pairsOption())
  .addOption(new Option('--section <section>', 'measure this section only').choices(PROBE_SECTIONS))
  .option('--force', 'measure sections again that are already in the file')
  .action((model: string | undefined, options: ProbeOptions) => runProbe(model, options));

program
  .command('encoder')
  .description('Make a frozen visual encoder and write models/encoders/<name>.')
  .addArgument(new Argument('<name>', 'which encoder').choices(ENCODER_NAMES))
  .option('--seed <number>', 'seed of parameters and training patches', wholeNumber, 0)
  .option('--out <folder>', 'folder of its run (default: runs/encoder-<name>-<seed>)')
  .option('--stop-after <steps>', 'save and stop after this step', wholeNumber)
  .addOption(modelsOption())
  .action((name: EncoderName, options: EncoderOptions) => runEncoder(name, options));

program
  .command('sweep')
  .description(
    'Train and measure regimes x encoders x seeds, or continue a sweep that was stopped.',
  )
  .addOption(
    new Option('--regimes <names>', 'regimes, separated by commas')
      .argParser(regimes)
      .default(PAPER_REGIMES, PAPER_REGIMES.join(',')),
  )
  .addOption(presetOption())
  .option('--seeds <numbers>', 'seeds, separated by commas', wholeNumbers, [0])
  .option('--encoders <names>', 'visual encoders, separated by commas', encoders, [DEFAULT_ENCODER])
  .addOption(gridOption())
  .option('--jobs <number>', 'most processes at a time', positiveNumber, availableParallelism())
  .addOption(modelsOption())
  .option('--results <folder>', 'folder of the cards and probes that are not shipped', 'results')
  .addOption(queriesOption())
  .addOption(pairsOption())
  .option(
    '--probe-every <steps>',
    'steps between two measurements of the mechanism',
    positiveNumber,
    500,
  )
  .addOption(engineOption())
  .addOption(
    new Option('--executor <name>', 'what runs the jobs').choices(EXECUTORS).default('local'),
  )
  .option(
    '--slurm-option <name=value>',
    'option of sbatch for all jobs, such as partition=gpu; may be given several times',
    slurmOption,
  )
  .option('--status', 'print the states of the jobs that were submitted to Slurm')
  .option('--dry-run', 'print the commands and run none')
  .option('--json', 'with --dry-run: print the plan as JSON')
  .action((options: SweepCommandOptions) => runSweep(options));

program
  .command('evaluate <model>')
  .description('Evaluate an exported model again and write the accuracies into its card.')
  .addOption(encoderOption())
  .addOption(modelsOption())
  .addOption(queriesOption())
  .action((id: string, options: EvaluateOptions) => runEvaluate(id, options));

program
  .command('card <model>')
  .description("Write an exported model's training curve and figure again from its log.")
  .addOption(modelsOption())
  .action((id: string, options: CardOptions) => {
    runCard(id, options);
  });

await runProgram(program);
