import { join } from 'node:path';
import { DEFAULT_ENGINE, type EngineName } from '../engines/index.ts';
import type { PresetName } from '../presets.ts';
import { showsPictures, type Regime } from '../regimes/index.ts';
import {
  dependenciesOf,
  isShipped,
  modelId,
  runDirectory,
  runKey,
  runName,
  type RunKey,
} from '../run-key.ts';
import { CHECKPOINT_FILE } from '../checkpoint.ts';

/** One command of the trainer. */
export interface Job {
  /** Unique; shown to people. */
  readonly id: string;
  /** The run that is trained, exported or probed. */
  readonly run: RunKey;
  /** Arguments of `trainer/cli.ts`. */
  readonly command: readonly string[];
  /** Ids of the jobs that must succeed first. */
  readonly after: readonly string[];
  /** As in make: the job is not needed where its last file is newer than the file it is made from. */
  readonly output?: { readonly file: string; readonly source: string };
}

export interface SweepOptions {
  readonly regimes: readonly Regime[];
  readonly preset: PresetName;
  readonly seeds: readonly number[];
  readonly encoders: readonly string[];
  /** Cells per side of the pictures; default: the preset's. */
  readonly grid?: number;
  /** Folder of the shipped models, see `isShipped`. */
  readonly models: string;
  /** Folder of the cards and probes of all other models. */
  readonly results: string;
  /** Test queries per number of objects. */
  readonly queries: number;
  /** Pairs of prompts per interchange. */
  readonly pairs: number;
  /** Steps between two measurements of the mechanism during training. */
  readonly probeEvery: number;
  /** Engine of the trainings. */
  readonly engine?: EngineName;
}

/**
 * The jobs of a sweep: trains every run, and before it the runs that it needs, then exports and probes
 * it. Every job is listed after the jobs that it needs.
 */
export function planSweep(options: SweepOptions): Job[] {
  const trainings = new Map<string, Job>();
  const measurements: Job[] = [];
  for (const run of runsOf(options)) {
    addTraining(trainings, run, options);
    const evaluation = evaluationJob(run, options);
    measurements.push(evaluation, probingJob(run, evaluation, options));
  }
  // The pool starts the first job that is ready: trainings go first, since other trainings wait for them.
  return [...trainings.values(), ...measurements];
}

function runsOf({ seeds, regimes, encoders, preset, grid }: SweepOptions): RunKey[] {
  return seeds.flatMap((seed) =>
    regimes.flatMap((regime) => {
      const usable = showsPictures(regime) ? encoders : encoders.slice(0, 1);
      return usable.map((encoder) => runKey({ regime, preset, seed, encoder, grid }));
    }),
  );
}

/** Adds the training of a run, after those of the runs that it needs. @returns its id */
function addTraining(jobs: Map<string, Job>, run: RunKey, options: SweepOptions): string {
  const id = trainingId(run);
  if (jobs.has(id)) return id;
  const { regime, preset, seed, grid } = run;
  const { engine = DEFAULT_ENGINE } = options;
  const after = Object.values(dependenciesOf(run)).map((needed: RunKey) =>
    addTraining(jobs, needed, options),
  );
  const command = [
    'train',
    ...['--regime', regime, '--preset', preset, '--seed', String(seed)],
    ...encoderOption(run),
    ...(grid === undefined ? [] : ['--grid', String(grid)]),
    ...['--probe-every', String(options.probeEvery)],
    ...(engine === DEFAULT_ENGINE ? [] : ['--engine', engine]),
  ];
  jobs.set(id, { id, run, command, after });
  return id;
}

function evaluationJob(run: RunKey, options: SweepOptions): Job {
  const { folder, id } = modelLocation(run, options);
  const directory = runDirectory(run);
  return {
    id: `evaluate ${runName(run)}`,
    run,
    command: [
      ...['export', '--regime', run.regime, '--run', directory, '--id', id],
      ...['--models', folder, '--queries', String(options.queries)],
      ...encoderOption(run),
    ],
    after: [trainingId(run)],
    output: { file: join(folder, id, 'card.json'), source: join(directory, CHECKPOINT_FILE) },
  };
}

/** Has no output: its file grows section by section, and the command knows which are missing. */
function probingJob(run: RunKey, evaluation: Job, options: SweepOptions): Job {
  const { folder, id } = modelLocation(run, options);
  return {
    id: `probe ${runName(run)}`,
    run,
    command: [
      ...['probe', id, '--models', folder, '--pairs', String(options.pairs)],
      ...(isShipped(run) ? [] : ['--section', 'interchange']),
      ...encoderOption(run),
    ],
    after: [evaluation.id],
  };
}

const trainingId = (run: RunKey): string => `train ${runName(run)}`;

/** Where a run's model goes: shipped models with all their files, others with their figures only. */
export function modelLocation(
  run: RunKey,
  { models, results }: Pick<SweepOptions, 'models' | 'results'>,
): { folder: string; id: string } {
  return { folder: isShipped(run) ? models : results, id: modelId(run) };
}

const encoderOption = ({ encoder }: RunKey): string[] =>
  encoder === undefined ? [] : ['--encoder', encoder];
