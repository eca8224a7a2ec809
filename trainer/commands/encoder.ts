import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeAtomically } from '../../node/files.ts';
import { currentCommit } from '../../node/git-commit.ts';
import type { EncoderName } from '../encoders/index.ts';
import { learnEncoder } from '../encoders/learn.ts';
import { shipEncoder, type ShippedEncoder } from '../encoders/make.ts';
import { mobilenetModel } from '../encoders/mobilenet.ts';
import { OBJECTIVES, type LearntEncoder } from '../encoders/objectives.ts';
import { makeRandomEncoder, RANDOM_DESCRIPTION } from '../encoders/random.ts';
import { withProgressBar } from '../../node/progress.ts';

export interface EncoderArguments {
  readonly models: string;
  readonly seed: number;
  readonly out?: string;
  readonly stopAfter?: number;
}

/** The pretrained network that an npm package brings along. */
export const MOBILENET = 'mobilenet-v2';

/** Writes it as an ONNX file, to be used as any other from a hub. */
export function writeMobilenet({
  out = join('runs', `${MOBILENET}.onnx`),
}: EncoderArguments): void {
  mkdirSync(dirname(out), { recursive: true });
  writeAtomically(out, mobilenetModel());
  console.log(`use it with: --encoder onnx:${out},${MOBILENET}`);
}

type Made = Omit<ShippedEncoder, 'name' | 'training'> &
  Pick<ShippedEncoder['training'], 'steps' | 'seconds'>;

/** Makes an encoder, or trains it, and writes `models/encoders/<name>/`. */
export async function runEncoder(name: EncoderName, options: EncoderArguments): Promise<void> {
  const { models, seed } = options;
  const commit = currentCommit(['task', 'trainer']);
  const made = name === 'random' ? await makeRandom(seed) : await learn(name, options);
  if (!made) {
    console.log('stopped; the same command goes on from here');
    return;
  }
  const { steps, seconds, ...shipped } = made;
  const command = `npm run encoder -- ${name} --seed ${seed}`;
  const training = { command, commit, seed, steps, seconds: Math.round(seconds) };
  const card = await shipEncoder(models, { name, ...shipped, training });
  for (const { names, probe, colour, shape } of card.decodability) {
    const percent = ({ accuracy, correct, count }: typeof colour) =>
      `${(100 * accuracy).toFixed(2)} % (${correct} of ${count})`;
    console.log(
      `${names} x ${names}, ${probe}: colour ${percent(colour)}, shape ${percent(shape)}`,
    );
  }
  console.log(`${models}/encoders/${name} is written`);
}

async function makeRandom(seed: number): Promise<Made> {
  const began = performance.now();
  const file = await makeRandomEncoder(seed);
  const seconds = (performance.now() - began) / 1000;
  return { description: RANDOM_DESCRIPTION, file, steps: 0, seconds };
}

async function learn(name: LearntEncoder, options: EncoderArguments): Promise<Made | undefined> {
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
