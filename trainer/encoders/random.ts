import * as tf from '@tensorflow/tfjs';
import { PATCH_VALUES, type EncodePatches } from '../../inference/patch-encoder.ts';
import { BACKGROUND } from '../../task/colours.ts';
import { renderPatch } from '../../task/picture.ts';
import { RandomStream } from '../../task/random.ts';
import { PATCH_PIXELS } from '../../task/shapes.ts';
import { LIMITS } from '../../task/spec.ts';
import { trace } from '../tracer/backend.ts';
import { encodeModel } from '../tracer/onnx.ts';
import { fitScaling, type FeatureScaling } from '../../measurement/encoders/feature-scaling.ts';
import { openEncoderFile } from '../../measurement/encoders/frozen-encoder.ts';

/**
 * Fixed random features of a patch; only the projection after them is learnt. Colour and form have a
 * branch each, because a single random map of the pixels mixes them beyond what a linear projection can
 * separate. `models/encoders/random/card.json` says how well these 192 features separate them.
 */

/**
 * Colour: units centred at random points of the RGB cube, each active within a radius; the maximum over
 * the patch says which colours occur in it.
 */
const COLOUR_UNITS = 96;
const COLOUR_RADIUS = 0.8; // in a cube of side 2: each colour activates about nine units

/**
 * Form: contrast to the background, independent of the colour, through random 4 x 4 filters with stride
 * 4 and a ReLU.
 */
const TILE = 4;
const FILTERS = 6;
const TILES = (PATCH_PIXELS / TILE) ** 2;
const CONTRAST_RADIUS = 0.3; // full contrast from here on: the nearest vocabulary colour is 0.34 away

/** F, the width of the encoder's features: 192. */
export const RANDOM_FEATURES = COLOUR_UNITS + TILES * FILTERS;

const SEED = 20;
const SAMPLE = 2000;

/** The encoder's ONNX file: `patches` [P, 768], pixels 0 to 255, -> `features` [P, F] */
function encoderFile(seed: number, scaling?: FeatureScaling): Uint8Array {
  const stream = new RandomStream([0xe4c0de, SEED + seed, RANDOM_FEATURES, 3]);
  const draw = (count: number, next: () => number) => Float32Array.from({ length: count }, next);
  const centres = draw(COLOUR_UNITS * 3, () => 2 * stream.uniform() - 1);
  const filters = draw(TILE ** 2 * FILTERS, () => (2 / TILE) * stream.normal());
  const thresholds = draw(FILTERS, () => 0.5 * stream.normal());
  const background = Float32Array.from(BACKGROUND, (value) => (2 * value) / 255 - 1);
  const side = PATCH_PIXELS / TILE;

  const graph = trace('random-encoder', (tracing) => {
    const patches = tracing.input('patches', 'float32', ['patches', PATCH_VALUES]);
    const count = patches.shape[0];
    const pixels = tf.reshape<tf.Rank.R2>(tf.sub(tf.mul(patches, 2 / 255), 1), [-1, 3]);
    /** Squared distance of each pixel to each of some colours: [P * 256, colours]. */
    const distances = (colours: Float32Array) => {
      const points = tf.tensor2d(colours, [colours.length / 3, 3]);
      const cross = tf.mul(tf.matMul(pixels, points, false, true), -2);
      const norms = tf.sum(tf.square(pixels), 1, true);
      return tf.add(tf.add(cross, norms), tf.sum(tf.square(points), 1));
    };

    const tuned = tf.relu(tf.sub(1, tf.div(distances(centres), COLOUR_RADIUS ** 2)));
    const colour = tf.max(tf.reshape(tuned, [count, PATCH_PIXELS ** 2, COLOUR_UNITS]), 1);

    const contrast = tf.minimum(tf.div(distances(background), CONTRAST_RADIUS ** 2), 1);
    const tiles = tf.transpose(
      tf.reshape(tf.sub(contrast, 0.5), [count, side, TILE, side, TILE]),
      [0, 1, 3, 2, 4],
    );
    const filtered = tf.matMul(
      tf.reshape<tf.Rank.R2>(tiles, [-1, TILE ** 2]),
      tf.tensor2d(filters, [TILE ** 2, FILTERS]),
    );
    const form = tf.reshape(tf.relu(tf.add(filtered, tf.tensor1d(thresholds))), [
      count,
      TILES * FILTERS,
    ]);

    const features = tf.concat([colour, form], 1);
    tracing.output(
      'features',
      scaling
        ? tf.mul(tf.sub(features, tf.tensor1d(scaling.mean)), tf.tensor1d(scaling.inverseDeviation))
        : features,
    );
  });
  return encodeModel(graph);
}

/** Mean and deviation of each feature over a fixed sample of the whole vocabulary. */
async function measureScaling(encode: EncodePatches): Promise<FeatureScaling> {
  const stream = new RandomStream([0xe4c0de, SEED, SAMPLE, 4]);
  const pixels = new Float32Array(SAMPLE * PATCH_VALUES);
  for (let patch = 0; patch < SAMPLE; patch++) {
    const colour = stream.below(LIMITS.colours);
    pixels.set(renderPatch(colour, stream.below(LIMITS.shapes)), patch * PATCH_VALUES);
  }
  const features = await encode(pixels, SAMPLE);
  return fitScaling(features, RANDOM_FEATURES);
}

/** The encoder's ONNX file. Its last bits depend on the machine, so the shipped file is used everywhere. */
export async function makeRandomEncoder(seed: number): Promise<Uint8Array> {
  return encoderFile(seed, await measureScaling(await openEncoderFile(encoderFile(seed))));
}

export const RANDOM_DESCRIPTION =
  'Fixed random features: units tuned to random colours, and random filters over the contrast to ' +
  'the background. Nothing in it is learnt.';
