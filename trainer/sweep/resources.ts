import type { EngineName } from '../engines/index.ts';
import type { PresetName } from '../presets.ts';
import type { Job } from './plan.ts';

/** What a job asks a scheduler for. */
export interface Resources {
  readonly cpus: number;
  /** In 2^20 bytes. */
  readonly memory: number;
  /** Limit of the run time. A training that reaches it continues from its checkpoint. */
  readonly minutes: number;
  readonly gpus: number;
}

/** About twice what the longest job of a preset took on one core (docs/training.md). */
const BY_PRESET: Readonly<Record<PresetName, Pick<Resources, 'memory' | 'minutes'>>> = {
  pocket: { memory: 2048, minutes: 120 },
  paper: { memory: 6144, minutes: 480 },
};

/** Every job has one thread. Only trainings with `tfjs-gpu` use a GPU. */
export function resourcesOf({ run, command }: Job, engine: EngineName): Resources {
  const onGpu = engine === 'tfjs-gpu' && command[0] === 'train';
  return { cpus: 1, ...BY_PRESET[run.preset], gpus: onGpu ? 1 : 0 };
}
