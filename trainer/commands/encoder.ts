import { currentCommit } from '../commit.ts';
import type { EncoderName } from '../encoders/index.ts';
import { shipEncoder } from '../encoders/make.ts';
import { makeRandomEncoder } from '../encoders/random.ts';

export interface EncoderArguments {
  readonly models: string;
}

/** Makes an encoder and writes `models/encoders/<name>/`. */
export async function runEncoder(name: EncoderName, { models }: EncoderArguments): Promise<void> {
  const began = performance.now();
  const file = await makeRandomEncoder();
  const card = await shipEncoder(models, {
    name,
    description:
      'Fixed random features: units tuned to random colours, and random filters over the contrast to ' +
      'the background. Nothing in it is learnt.',
    file,
    training: {
      command: `npm run encoder -- ${name}`,
      commit: currentCommit(['task', 'trainer']),
      seed: 0,
      steps: 0,
      seconds: Math.round((performance.now() - began) / 1000),
    },
  });
  for (const { names, probe, colour, shape } of card.decodability) {
    const percent = ({ accuracy, right, count }: typeof colour) =>
      `${(100 * accuracy).toFixed(2)} % (${right} of ${count})`;
    console.log(
      `${names} x ${names}, ${probe}: colour ${percent(colour)}, shape ${percent(shape)}`,
    );
  }
  console.log(`${models}/encoders/${name} is written`);
}
