import { availableParallelism } from 'node:os';
import { Argument, Command, Option, InvalidArgumentError } from 'commander';
import { weightTypeSchema } from '../contract/card.ts';
import { PROBE_SECTIONS } from '../contract/probes.ts';
import { runProgram } from '../node/run-program.ts';
import { LIMITS } from '../task/spec.ts';
import { ENCODER_NAMES, type EncoderName } from './encoders/index.ts';
import { isOnnxName } from './encoders/onnx-file.ts';
import { ONNX_PRESETS } from './encoders/onnx-presets.ts';
import { ENGINE_NAMES } from './engines/index.ts';
import { PRESETS } from './presets.ts';
import { MAIN_REGIMES, RECIPES, type Regime } from './regimes/index.ts';
import { DEFAULT_ENCODER, DEFAULT_PRESET } from './run-key.ts';
import { runCard, type CardArguments } from './commands/card.ts';
import {
  MOBILENET,
  runEncoder,
  writeMobilenet,
  type EncoderArguments,
} from './commands/encoder.ts';
import { runEvaluate, type EvaluateArguments } from './commands/evaluate.ts';
import { runExport, type ExportArguments } from './commands/export.ts';
import { runProbe, type ProbeArguments } from './commands/probe.ts';
import { runSweep, type SweepArguments } from './commands/sweep.ts';
import { runTrain, type TrainArguments } from './commands/train.ts';

const whole = (value: string): number => {
  if (!/^\d+$/.test(value)) throw new InvalidArgumentError('It must be a whole number, 0 or more.');
  return Number(value);
};

const atLeastOne = (value: string): number => {
  if (!/^0*[1-9]\d*$/.test(value)) throw new InvalidArgumentError('It must be 1 or more.');
  return Number(value);
};

/** Room for the most objects that are tested with, and no more cells than the task has. */
const cellsPerSide = (value: string): number => {
  const fewest = Math.ceil(Math.sqrt(LIMITS.objects));
  const cells = Number(value);
  if (Number.isInteger(cells) && cells >= fewest && cells <= LIMITS.grid) return cells;
  throw new InvalidArgumentError(`It must be from ${fewest} to ${LIMITS.grid}.`);
};

const regimeOption = () =>
  new Option('--regime <name>', 'what is trained')
    .choices(Object.keys(RECIPES))
    .makeOptionMandatory();
const presetOption = () =>
  new Option('--preset <name>', 'size').choices(Object.keys(PRESETS)).default(DEFAULT_PRESET);

const encoderOption = () =>
  new Option(
    '--encoder <name>',
    `what pictures are seen with: ${ENCODER_NAMES.join(', ')} or onnx:<file>,<preset>`,
  );

const gridOption = () =>
  new Option(
    '--grid <cells>',
    "cells per side of the pictures (default: a parent's, else the preset's)",
  ).argParser(cellsPerSide);

const program = new Command('bindscope-trainer')
  .description('Trains, evaluates and exports the models of bindscope.')
  .showHelpAfterError('(--help lists what is allowed)');

program
  .command('train')
  .description('Train a regime; goes on from the last checkpoint where there is one.')
  .addOption(regimeOption())
  .addOption(presetOption())
  .option('--seed <number>', 'seed of parameters and training scenes', whole, 0)
  .option('--out <folder>', 'folder of the run (default: runs/<regime>-<preset>-<seed>)')
  .option(
    '--from <folder>',
    'run to start from (default: the same preset and seed of the regime it needs)',
  )
  .option(
    '--embeddings-from <folder>',
    'run that the donor token embeddings come from (default: the next seed of the same)',
  )
  .option(
    '--match-budget <folder>',
    'run whose steps and answers a control has (default: the same preset and seed of its regime)',
  )
  .addOption(new Option('--engine <name>', 'what computes').choices(ENGINE_NAMES).default('ort'))
  .addOption(
    new Option('--provider <name>', 'execution provider of the ort engine')
      .choices(['cpu', 'webgpu', 'cuda'])
      .default('cpu'),
  )
  .option('--threads <number>', 'threads of the ort engine', whole, 1)
  .addOption(encoderOption())
  .addOption(gridOption())
  .option('--probe-every <steps>', 'log the mechanism (interchange interventions) so often', whole)
  .option('--stop-after <steps>', 'save and stop after so many steps', whole)
  .action((options: TrainArguments) => runTrain(options));

program
  .command('export')
  .description('Write models/<id>: ONNX files, the card with test accuracies, the log.')
  .addOption(regimeOption())
  .addOption(presetOption())
  .option('--seed <number>', 'seed of the run', whole, 0)
  .addOption(encoderOption())
  .addOption(gridOption())
  .option('--run <folder>', 'folder of the run (default: runs/<regime>-<preset>-<seed>)')
  .option(
    '--id <id>',
    'id of the model (default: the regime, and whatever else is not usual of the run)',
  )
  .option('--models <folder>', 'folder of all models', 'models')
  .option('--queries <number>', 'test queries per number of objects', whole, 4000)
  .addOption(
    new Option(
      '--weights <type>',
      'how the file stores parameters (default: float32, at paper size float16)',
    ).choices(weightTypeSchema.options),
  )
  .action((options: ExportArguments) => runExport(options));

program
  .command('probe')
  .description('Write models/<id>/probes.json: what binds. Goes on where an earlier call stopped.')
  .argument('[model]', 'id of an exported model')
  .addOption(encoderOption())
  .option('--models <folder>', 'folder of all models', 'models')
  .option('--run <folder>', 'probe a run instead; writes <checkpoint>.probes.json there')
  .option('--checkpoint <stage>', 'the end of that stage of the run (default: as it stands)')
  .option('--pairs <number>', 'pairs of prompts per interchange', atLeastOne, 512)
  .addOption(new Option('--section <section>', 'measure this section only').choices(PROBE_SECTIONS))
  .option('--force', 'measure again what is already there')
  .action((model: string | undefined, options: ProbeArguments) => runProbe(model, options));

program
  .command('encoder')
  .description(`Make a frozen visual encoder: models/encoders/<name>, or runs/${MOBILENET}.onnx.`)
  .addArgument(new Argument('<name>', 'which one').choices([...ENCODER_NAMES, MOBILENET]))
  .option('--seed <number>', 'seed of parameters and training patches', whole, 0)
  .option('--out <path>', 'folder of its run (default: runs/encoder-<name>-<seed>)')
  .option('--stop-after <steps>', 'save and stop after so many steps', whole)
  .option('--models <folder>', 'folder of all models', 'models')
  .action(async (name: EncoderName | typeof MOBILENET, options: EncoderArguments) => {
    if (name === MOBILENET) writeMobilenet(options);
    else await runEncoder(name, options);
  });

const list = (value: string): string[] => value.split(',').filter(Boolean);
/** The comma in onnx:<file>,<preset> does not part two encoders. */
const encoders = (value: string): string[] => {
  const names = value.split(new RegExp(`,(?!(?:${Object.keys(ONNX_PRESETS).join('|')})(?:,|$))`));
  const unknown = names.find(
    (name) => !isOnnxName(name) && !ENCODER_NAMES.some((one) => one === name),
  );
  if (unknown === undefined) return names;
  const known = ENCODER_NAMES.join(', ');
  throw new InvalidArgumentError(`${unknown} is none of ${known}, onnx:<file>,<preset>.`);
};
const regimes = (value: string): Regime[] =>
  list(value).map((name) => {
    if (name in RECIPES) return name as Regime;
    throw new InvalidArgumentError(`${name} is none of ${Object.keys(RECIPES).join(', ')}.`);
  });

program
  .command('sweep')
  .description('Train and measure regimes x encoders x seeds; goes on where it was stopped.')
  .addOption(
    new Option('--regimes <names>', 'which regimes, separated by commas')
      .argParser(regimes)
      .default(MAIN_REGIMES, MAIN_REGIMES.join(',')),
  )
  .addOption(presetOption())
  .option('--seeds <numbers>', 'which seeds', (value) => list(value).map(whole), [0])
  .option('--encoders <names>', 'which visual encoders', encoders, [DEFAULT_ENCODER])
  .addOption(gridOption())
  .option('--jobs <number>', 'processes at a time', atLeastOne, availableParallelism())
  .option('--models <folder>', 'folder of the models that are shipped', 'models')
  .option('--results <folder>', 'folder of the cards and probes of all others', 'results')
  .option('--queries <number>', 'test queries per number of objects', atLeastOne, 4000)
  .option('--pairs <number>', 'pairs of prompts per interchange', atLeastOne, 512)
  .option('--probe-every <steps>', 'log the mechanism so often', atLeastOne, 500)
  .option('--dry-run', 'print the commands alone')
  .action((options: SweepArguments) => runSweep(options));

program
  .command('evaluate <model>')
  .description('Measure a shipped model again and write the accuracies into its card.')
  .addOption(encoderOption())
  .option('--models <folder>', 'folder of all models', 'models')
  .option('--queries <number>', 'test queries per number of objects', whole, 4000)
  .action((id: string, options: EvaluateArguments) => runEvaluate(id, options));

program
  .command('card <model>')
  .description("Write a shipped model's card and figure again from its other files.")
  .option('--models <folder>', 'folder of all models', 'models')
  .action((id: string, options: CardArguments) => {
    runCard(id, options);
  });

await runProgram(program);
