import { join } from 'node:path';
import type { EncoderName } from '../../measurement/encoders/index.ts';
import { currentCommit } from '../../node/git-commit.ts';
import { withProgressBar } from '../../node/progress.ts';
import { learnEncoder } from '../encoders/learn.ts';
import { shipEncoder, type NewEncoder } from '../encoders/make.ts';
import { OBJECTIVES, type LearntEncoder } from '../encoders/objectives.ts';
import { makeRandomEncoder, RANDOM_DESCRIPTION } from '../encoders/random.ts';

export interface EncoderOptions {
  readonly models: string;
  readonly seed: number;
  /** Folder of the encoder's training run. */
  readonly out?: string;
  /** Saves and stops after this many steps. */
  readonly stopAfter?: number;
}

/** Folders whose code decides what an encoder computes. */
const ENCODER_CODE = ['task', 'inference', 'measurement', 'onnx', 'trainer'];

type Made = Omit<NewEncoder, 'name' | 'training'> &
  Pick<NewEncoder['training'], 'steps' | 'seconds'>;

/** Makes or trains an encoder and writes `models/encoders/<name>/`. */
export async function runEncoder(name: EncoderName, options: EncoderOptions): Promise<void> {
  const { models, seed } = options;
  const commit = currentCommit(ENCODER_CODE);
  const made = name === 'random' ? await makeRandom(seed) : await learn(name, options);
  if (!made) {
    console.log('stopped; run the same command to continue');
    return;
  }
  const { steps, seconds, ...encoder } = made;
  const command = `npm run encoder -- ${name} --seed ${seed}`;
  const training = { command, commit, seed, steps, seconds: Math.round(seconds) };
  const card = await shipEncoder(models, { name, ...encoder, training });
  for (const { names, probe, colour, shape } of card.decodability) {
    const percent = ({ accuracy, correct, count }: typeof colour) =>
      `${(100 * accuracy).toFixed(2)} % (${correct} of ${count})`;
    console.log(
      `${names} colours x ${names} shapes, ${probe}: ` +
        `colour ${percent(colour)}, shape ${percent(shape)}`,
    );
  }
  console.log(`wrote ${models}/encoders/${name}`);
}

async function makeRandom(seed: number): Promise<Made> {
  const began = performance.now();
  const file = await makeRandomEncoder(seed);
  const seconds = (performance.now() - began) / 1000;
  return { description: RANDOM_DESCRIPTION, file, steps: 0, seconds };
}

/** @returns undefined when it was stopped before its last step */
async function learn(name: LearntEncoder, options: EncoderOptions): Promise<Made | undefined> {
  const { seed, stopAfter } = options;
  const directory = options.out ?? join('runs', `encoder-${name}-${seed}`);
  const learnt = await withProgressBar(name, (onProgress) =>
    learnEncoder({
      name,
      seed,
      directory,
      onProgress,
      ...(stopAfter !== undefined && { stopAfter }),
    }),
  );
  return learnt && { description: OBJECTIVES[name].description, ...learnt };
}
