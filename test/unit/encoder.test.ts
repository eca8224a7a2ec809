import { beforeAll, describe, expect, it } from 'vitest';
import { POCKET_VOCABULARY } from '../../task/spec.ts';
import { RANDOM_FEATURES, randomEncoder } from '../../trainer/encoders/random.ts';

/** Every coloured shape of the pocket vocabulary, with its features. */
const samples: { colour: number; shape: number; features: Float32Array }[] = [];
const { colours, shapes } = POCKET_VOCABULARY;

beforeAll(async () => {
  const encoder = await randomEncoder();
  for (let colour = 0; colour < colours; colour++) {
    for (let shape = 0; shape < shapes; shape++) {
      const features = await encoder.encode([{ colour, shape, row: 0, column: 0 }], 1);
      samples.push({ colour, shape, features });
    }
  }
});

/** A fifth of the pairs is held out, with every colour and every shape among them. */
const heldOut = ({ colour, shape }: { colour: number; shape: number }) =>
  (colour + shape) % 5 === 0;

/** How often the nearest class mean names a feature of pairs that were never seen together. */
function nearestMeanAccuracy(feature: 'colour' | 'shape', classes: number): number {
  const means = Array.from({ length: classes }, (_, name) => {
    const known = samples.filter((sample) => !heldOut(sample) && sample[feature] === name);
    return Float32Array.from({ length: RANDOM_FEATURES }, (_, place) =>
      known.reduce((sum, { features }) => sum + features[place] / known.length, 0),
    );
  });
  const distance = (a: Float32Array, b: Float32Array) =>
    a.reduce((sum, value, place) => sum + (value - b[place]) ** 2, 0);
  const unseen = samples.filter(heldOut);
  const right = unseen.filter((sample) => {
    const distances = means.map((mean) => distance(sample.features, mean));
    return distances.indexOf(Math.min(...distances)) === sample[feature];
  });
  return right.length / unseen.length;
}

describe('the random encoder', () => {
  it('lets a linear map read colour and shape of pairs it never saw together', () => {
    expect(samples[0].features).toHaveLength(RANDOM_FEATURES);
    expect(nearestMeanAccuracy('colour', colours)).toBeGreaterThan(0.97);
    expect(nearestMeanAccuracy('shape', shapes)).toBeGreaterThan(0.99);
  });
});
