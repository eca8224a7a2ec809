import type { Decodability } from '../../contract/encoder-card.ts';
import type { PatchEncoder } from '../../inference/patch-encoder.ts';
import { Ridge, type Classifier } from '../../probes/ridge.ts';
import { proportion } from '../../statistics/intervals.ts';

/** Colour-shape pairs that neither a trained encoder nor a probe is fitted on: a fifth of them. */
export const isHeldOut = (colour: number, shape: number): boolean => (colour + shape) % 5 === 0;

interface Sample {
  /** [F] */
  readonly features: Float32Array;
  readonly colour: number;
  readonly shape: number;
}

const RIDGE = 1e-4; // the features are many, the samples more

/**
 * How well colour and shape can be read from an encoder's features by a linear probe and by the nearest
 * class mean. Every coloured shape of the first `names` colours and shapes is encoded; the probes are
 * fitted on four fifths of the pairs and tested on the others.
 *
 * @param grid cells per side of the pictures, which are full
 */
export async function measureDecodability(
  encoder: PatchEncoder,
  names: number,
  grid = 16,
): Promise<Decodability[]> {
  const samples = await encodeAll(encoder, names, grid);
  const train = samples.filter(({ colour, shape }) => !isHeldOut(colour, shape));
  const test = samples.filter(({ colour, shape }) => isHeldOut(colour, shape));
  const ridge = new Ridge(
    train.map(({ features }) => features),
    RIDGE,
  );
  const fit = (probe: Decodability['probe'], factor: 'colour' | 'shape') =>
    probe === 'ridge'
      ? ridge.fit(
          train.map((sample) => sample[factor]),
          names,
        )
      : nearestMean(train, factor, names);
  const accuracy = (probe: Decodability['probe'], factor: 'colour' | 'shape') => {
    const classify = fit(probe, factor);
    const correct = test.filter((sample) => classify(sample.features) === sample[factor]);
    return proportion(correct.length, test.length);
  };
  return (['ridge', 'nearest-mean'] as const).map((probe) => ({
    names,
    probe,
    colour: accuracy(probe, 'colour'),
    shape: accuracy(probe, 'shape'),
  }));
}

async function encodeAll(encoder: PatchEncoder, names: number, grid: number): Promise<Sample[]> {
  const samples: Sample[] = [];
  const { width } = encoder;
  for (let start = 0; start < names ** 2; start += grid ** 2) {
    const count = Math.min(grid ** 2, names ** 2 - start);
    const objects = Array.from({ length: count }, (_, cell) => ({
      colour: Math.floor((start + cell) / names),
      shape: (start + cell) % names,
      row: Math.floor(cell / grid),
      column: cell % grid,
    }));
    const features = await encoder.encode(objects, grid);
    for (const [cell, { colour, shape }] of objects.entries()) {
      samples.push({ features: features.slice(cell * width, (cell + 1) * width), colour, shape });
    }
  }
  return samples;
}

function nearestMean(
  samples: readonly Sample[],
  factor: 'colour' | 'shape',
  names: number,
): Classifier {
  const means = Array.from({ length: names }, (_, label) =>
    meanOf(samples.filter((sample) => sample[factor] === label)),
  );
  return (vector) => {
    let [nearest, shortest] = [-1, Infinity];
    for (const [label, mean] of means.entries()) {
      const distance = squaredDistance(vector, mean);
      if (distance < shortest) [nearest, shortest] = [label, distance];
    }
    return nearest;
  };
}

function meanOf(samples: readonly Sample[]): Float64Array {
  const width = samples[0]?.features.length ?? 0;
  const mean = new Float64Array(width);
  for (const { features } of samples) {
    for (let i = 0; i < width; i++) mean[i] = (mean[i] ?? 0) + (features[i] ?? 0) / samples.length;
  }
  return mean;
}

function squaredDistance(a: Float32Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += ((a[i] ?? 0) - (b[i] ?? 0)) ** 2;
  return sum;
}
