import type { Decodability } from '../../contract/encoder-card.ts';
import type { PatchEncoder } from '../../inference/patch-encoder.ts';
import { proportion } from '../../statistics/intervals.ts';
import { Ridge, type Classifier } from '../../probes/ridge.ts';

/** Colour-shape pairs that neither a trained encoder nor a probe is fitted on: a fifth. */
export const isHeldOut = (colour: number, shape: number): boolean => (colour + shape) % 5 === 0;

interface Samples {
  readonly features: readonly Float32Array[];
  /** Colour and shape of each. */
  readonly colour: readonly number[];
  readonly shape: readonly number[];
}

const RIDGE = 1e-4; // the features are many, the samples more

/**
 * How well colour and shape can be read from an encoder's features by simple means. Every
 * coloured shape of the first `names` colours and shapes is encoded; the probes are fitted on four
 * fifths of the pairs and asked about the rest.
 *
 * @param grid cells per side of the pictures that are encoded, every cell taken
 */
export async function measureDecodability(
  encoder: PatchEncoder,
  names: number,
  grid = 16,
): Promise<Decodability[]> {
  const { known, unseen } = await encodeAll(encoder, names, grid);
  const ridge = new Ridge(known.features, RIDGE);
  const probes = {
    ridge: (labels: readonly number[]) => ridge.fit(labels, names),
    'nearest-mean': (labels: readonly number[]) => nearestMean(known.features, labels, names),
  };
  return (['ridge', 'nearest-mean'] as const).map((probe) => {
    const share = (factor: 'colour' | 'shape') => {
      const classify = probes[probe](known[factor]);
      const right = unseen.features.filter((x, i) => classify(x) === unseen[factor][i]);
      return proportion(right.length, unseen.features.length);
    };
    return { names, probe, colour: share('colour'), shape: share('shape') };
  });
}

async function encodeAll(encoder: PatchEncoder, names: number, grid: number) {
  const empty = () => ({
    features: [] as Float32Array[],
    colour: [] as number[],
    shape: [] as number[],
  });
  const [known, unseen] = [empty(), empty()];
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
    objects.forEach(({ colour, shape }, cell) => {
      const side = isHeldOut(colour, shape) ? unseen : known;
      side.features.push(features.slice(cell * width, (cell + 1) * width));
      side.colour.push(colour);
      side.shape.push(shape);
    });
  }
  return { known, unseen } satisfies Record<string, Samples>;
}

function nearestMean(
  vectors: readonly Float32Array[],
  labels: readonly number[],
  classes: number,
): Classifier {
  const width = vectors[0].length;
  const counts = new Float64Array(classes);
  const means = Array.from({ length: classes }, () => new Float64Array(width));
  labels.forEach((label) => counts[label]++);
  vectors.forEach((vector, sample) => {
    const label = labels[sample];
    vector.forEach((value, i) => (means[label][i] += value / counts[label]));
  });
  return (vector) => {
    let [best, least] = [0, Infinity];
    means.forEach((mean, label) => {
      let distance = 0;
      for (let i = 0; i < width; i++) distance += (vector[i] - mean[i]) ** 2;
      if (distance < least) [best, least] = [label, distance];
    });
    return best;
  };
}
