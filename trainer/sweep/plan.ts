import type { PresetName } from '../presets.ts';
import { seesPictures, type Regime } from '../regimes/index.ts';
import {
  runKeyOf,
  DEFAULT_ENCODER,
  isShipped,
  modelId,
  modelName,
  originsOf,
  runDirectory,
  type RunKey,
} from '../run-key.ts';

/** One command of the trainer, and the jobs that must have ended well before it. */
export interface Job {
  /** Unique; what people see. */
  readonly id: string;
  readonly branch: RunKey;
  /** Arguments of `trainer/cli.ts`. */
  readonly command: readonly string[];
  readonly after: readonly string[];
  /** The file that the job writes last, and the file it is made from: as in make, a newer one is kept. */
  readonly target?: { readonly file: string; readonly source: string };
}

export interface SweepOptions {
  readonly regimes: readonly Regime[];
  readonly preset: PresetName;
  readonly seeds: readonly number[];
  readonly encoders: readonly string[];
  /** Cells per side of the pictures; the preset's where nobody chooses. */
  readonly grid?: number;
  /** Folder of the models that are shipped, see `isShipped`. */
  readonly models: string;
  /** Folder of the cards and probes of all others. */
  readonly results: string;
  /** Test queries per object count. */
  readonly queries: number;
  /** Pairs per interchange. */
  readonly pairs: number;
  /** The mechanism is logged so often while training, in steps. */
  readonly probeEvery: number;
}

/**
 * What has to be done for a sweep, each branch after the one it starts from, which is trained too
 * where it was not asked for.
 */
export function planSweep(options: SweepOptions): Job[] {
  const { preset, grid } = options;
  const jobs = new Map<string, Job>();
  const trained = (branch: RunKey): string => {
    const { regime, seed } = branch;
    const id = `train ${modelName(branch)}`;
    if (jobs.has(id)) return id;
    const origins = Object.values(originsOf(branch)).map(trained);
    const parameters = `--regime ${regime} --preset ${preset} --seed ${seed}`.split(' ');
    const probing = ['--probe-every', String(options.probeEvery)];
    const command = ['train', ...parameters, ...sightOptions(branch), ...probing];
    jobs.set(id, { id, branch, command, after: origins });
    return id;
  };
  const measurements: Job[] = [];
  const measured = (branch: RunKey, training: string) => {
    const { queries, pairs } = options;
    const { folder, id, shipped } = placeOf(branch, options);
    const run = runDirectory(branch);
    const card = `${folder}/${id}/card.json`;
    const exporting: Job = {
      id: `evaluate ${modelName(branch)}`,
      branch,
      command: [
        ...['export', '--regime', branch.regime, '--run', run, '--id', id],
        ...['--models', folder, '--queries', String(queries)],
        ...encoderOption(branch),
      ],
      after: [training],
      target: { file: card, source: `${run}/checkpoint.safetensors` },
    };
    const probing: Job = {
      id: `probe ${modelName(branch)}`,
      branch,
      command: [
        ...['probe', id, '--models', folder, '--pairs', String(pairs)],
        ...(shipped ? [] : ['--section', 'interchange']),
        ...encoderOption(branch),
      ],
      after: [exporting.id],
      // No target: the file grows section by section, and the command knows what is left.
    };
    measurements.push(exporting, probing);
  };
  for (const seed of options.seeds) {
    for (const regime of options.regimes) {
      const encoders = seesPictures(regime) ? options.encoders : options.encoders.slice(0, 1);
      for (const encoder of encoders) {
        const branch = runKeyOf({ regime, preset, seed, encoder, grid });
        measured(branch, trained(branch));
      }
    }
  }
  // The pool takes the first that is ready: nothing measured should keep a training waiting.
  return [...jobs.values(), ...measurements];
}

/** Models that are shipped stand by themselves, with every probe; the others are figures. */
export function placeOf(
  branch: RunKey,
  { models, results }: Pick<SweepOptions, 'models' | 'results'>,
) {
  const shipped = isShipped(branch);
  return { folder: shipped ? models : results, id: modelId(branch), shipped };
}

function encoderOption({ encoder }: RunKey): string[] {
  return encoder === undefined || encoder === DEFAULT_ENCODER ? [] : ['--encoder', encoder];
}

const sightOptions = (branch: RunKey): string[] => [
  ...encoderOption(branch),
  ...(branch.grid === undefined ? [] : ['--grid', String(branch.grid)]),
];
