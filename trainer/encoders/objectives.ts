import * as tf from '@tensorflow/tfjs';
import { PATCH_VALUES } from '../../inference/patches.ts';
import type { RandomStream } from '../../task/random.ts';
import { PATCH_PIXELS } from '../../task/shapes.ts';
import { LIMITS } from '../../task/spec.ts';
import type { Parameters, ParameterSpec } from '../model.ts';
import { crossEntropy } from '../ops.ts';
import type { Tracing } from '../tracer/backend.ts';
import { convnet, CONVNET_FEATURES, dense, linear, linearSpecs } from './convnet.ts';
import { drawPairs, pixelsOf } from './vocabulary-patches.ts';

/** What a step feeds, by name of the graph's input. */
export type Feeds = Readonly<Record<string, Float32Array | Int32Array>>;

/** What an encoder is trained to do. */
export interface Objective {
  readonly description: string;
  readonly steps: number;
  readonly peak: number;
  /** Parameters behind the features, which are thrown away when the encoder is frozen. */
  readonly head: readonly ParameterSpec[];
  readonly inputs: Readonly<Record<string, readonly [type: 'float32' | 'int32', shape: number[]]>>;
  /** @returns the mean loss of a batch */
  loss(parameters: Parameters, inputs: Readonly<Record<string, tf.Tensor>>): tf.Scalar;
  /** @param stream names the batch */
  batch(stream: RandomStream): Feeds;
}

const BATCH = 256;

const SMOOTHING = 0.1;

/**
 * Summed cross-entropy with smoothed labels (Szegedy et al. 2016): features of a name gather around
 * one point, so that simple readers find it, too.
 */
function smoothed(logits: tf.Tensor2D, names: tf.Tensor1D): tf.Scalar {
  const right = tf.oneHot(names, logits.shape[1]).toFloat();
  const margin = tf.sub(tf.sum(tf.mul(right, logits)), tf.sum(tf.mean(logits, 1)));
  return tf.add(crossEntropy(logits, names), tf.mul(margin, SMOOTHING));
}

/** Naming colour and shape of a patch, 216 of each, on four fifths of the pairs. */
const supervised: Objective = {
  description:
    'A small convolutional network that learnt to name colour and shape of a patch; the features are ' +
    'the layer before the names. A fifth of the colour-shape pairs it never saw.',
  steps: 3000,
  peak: 3e-3,
  head: [
    ...linearSpecs('colour', CONVNET_FEATURES, LIMITS.colours),
    ...linearSpecs('shape', CONVNET_FEATURES, LIMITS.shapes),
  ],
  inputs: {
    patches: ['float32', [BATCH, PATCH_VALUES]],
    colours: ['int32', [BATCH]],
    shapes: ['int32', [BATCH]],
  },
  loss(parameters, { patches, colours, shapes }) {
    const features = convnet(parameters, patches as tf.Tensor2D);
    const wrong = (head: string, names: tf.Tensor) =>
      smoothed(linear(features, parameters, head), names as tf.Tensor1D);
    return tf.mul(tf.add(wrong('colour', colours), wrong('shape', shapes)), 1 / BATCH);
  },
  batch(stream) {
    const pairs = drawPairs(stream, BATCH);
    return {
      patches: pixelsOf(pairs),
      colours: Int32Array.from(pairs, ({ colour }) => colour),
      shapes: Int32Array.from(pairs, ({ shape }) => shape),
    };
  },
};

/** Tiles of 4 x 4 pixels; a masked one is mid-grey, which no vocabulary colour is. */
const TILE = 4;
const TILES_PER_SIDE = PATCH_PIXELS / TILE;
const MASKED = 6; // of 16
const GREY = 127.5;

function mask(pixels: Float32Array, stream: RandomStream): Float32Array {
  const masked = pixels.slice();
  for (let patch = 0; patch < pixels.length / PATCH_VALUES; patch++) {
    for (const tile of stream.sample(MASKED, TILES_PER_SIDE ** 2)) {
      const [top, left] = [Math.floor(tile / TILES_PER_SIDE), tile % TILES_PER_SIDE];
      for (let y = top * TILE; y < (top + 1) * TILE; y++) {
        const row = patch * PATCH_VALUES + 3 * (y * PATCH_PIXELS + left * TILE);
        masked.fill(GREY, row, row + 3 * TILE);
      }
    }
  }
  return masked;
}

const PROJECTION = 64;
const DECODER = 192;
const TEMPERATURE = 0.1;

/**
 * No labels. Two maskings of a patch are told from those of all other patches of the batch (InfoNCE:
 * van den Oord et al. 2018, through a projection as in Chen et al. 2020), and the whole patch is
 * painted from the features of a masked one (He et al. 2022).
 */
const selfSupervised: Objective = {
  description:
    'A small convolutional network that learnt without labels: to recognise a patch under two ' +
    'different maskings among 255 others, and to paint what was masked. A fifth of the colour-shape ' +
    'pairs it never saw.',
  steps: 3000,
  peak: 2e-3,
  head: [
    ...linearSpecs('project1', CONVNET_FEATURES, CONVNET_FEATURES),
    ...linearSpecs('project2', CONVNET_FEATURES, PROJECTION),
    ...linearSpecs('paint1', CONVNET_FEATURES, DECODER),
    ...linearSpecs('paint2', DECODER, PATCH_VALUES),
  ],
  inputs: {
    one: ['float32', [BATCH, PATCH_VALUES]],
    other: ['float32', [BATCH, PATCH_VALUES]],
    whole: ['float32', [BATCH, PATCH_VALUES]],
    order: ['int32', [BATCH]],
  },
  loss(parameters, { one, other, whole, order }) {
    const views = [one, other].map((view) => convnet(parameters, view as tf.Tensor2D));
    const [a, b] = views.map((view) => {
      const z = linear(dense(view, parameters, 'project1'), parameters, 'project2');
      return tf.div<tf.Tensor2D>(z, tf.sqrt(tf.add(tf.sum(tf.square(z), 1, true), 1e-6)));
    });
    const similarity = (x: tf.Tensor2D, y: tf.Tensor2D) =>
      tf.mul<tf.Tensor2D>(tf.matMul(x, y, false, true), 1 / TEMPERATURE);
    const names = order as tf.Tensor1D;
    const contrast = tf.add(
      crossEntropy(similarity(a, b), names),
      crossEntropy(similarity(b, a), names),
    );
    const painted = linear(dense(views[0], parameters, 'paint1'), parameters, 'paint2');
    const error = tf.sub(painted, tf.sub(tf.mul(whole, 2 / 255), 1));
    const squares = tf.mul(tf.sum(tf.square(error)), 10 / PATCH_VALUES);
    return tf.mul(tf.add(tf.mul(contrast, 0.5), squares), 1 / BATCH);
  },
  batch(stream) {
    const whole = pixelsOf(drawPairs(stream, BATCH));
    return {
      one: mask(whole, stream),
      other: mask(whole, stream),
      whole,
      order: Int32Array.from({ length: BATCH }, (_, place) => place),
    };
  },
};

export const OBJECTIVES = {
  supervised,
  'self-supervised': selfSupervised,
} as const satisfies Record<string, Objective>;
export type LearntEncoder = keyof typeof OBJECTIVES;

/** Declares an objective's inputs in a graph. */
export function declareInputs(objective: Objective, tracing: Tracing): Record<string, tf.Tensor> {
  return Object.fromEntries(
    Object.entries(objective.inputs).map(([name, [type, shape]]) => [
      name,
      tracing.input(name, type, shape),
    ]),
  );
}
