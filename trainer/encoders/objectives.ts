import * as tf from '@tensorflow/tfjs';
import { PATCH_VALUES } from '../../inference/patch-encoder.ts';
import type { RandomStream } from '../../task/random.ts';
import { LIMITS } from '../../task/spec.ts';
import type { Parameters, ParameterSpec } from '../model/index.ts';
import { crossEntropy } from '../ops.ts';
import { convnet, CONVNET_FEATURES, linear, linearSpecs } from './convnet.ts';
import { drawExchangeable, drawPairs, pixelsOf, recombine, shuffle } from './vocabulary-patches.ts';

/**
 * What an encoder is trained to do.
 *
 * @typeParam Input names of the inputs of its training graph
 */
export interface Objective<Input extends string = string> {
  readonly description: string;
  readonly steps: number;
  /** Largest learning rate. */
  readonly peak: number;
  /** Parameters after the features, which are dropped when the encoder is frozen. */
  readonly head: readonly ParameterSpec[];
  readonly inputs: Readonly<
    Record<Input, readonly [type: 'float32' | 'int32', shape: readonly number[]]>
  >;
  /** @returns the mean loss of a batch */
  loss(parameters: Parameters, inputs: Readonly<Record<Input, tf.Tensor>>): tf.Scalar;
  /** @param stream decides the batch */
  batch(stream: RandomStream): Readonly<Record<Input, Float32Array | Int32Array>>;
}

const BATCH = 256;

const SMOOTHING = 0.1;

/**
 * Summed cross-entropy with smoothed labels (Szegedy et al. 2016): the features of one name then form
 * one cluster, which simple probes find, too.
 */
function smoothed(logits: tf.Tensor2D, names: tf.Tensor1D): tf.Scalar {
  const targets = tf.oneHot(names, logits.shape[1]).toFloat();
  const margin = tf.sub(tf.sum(tf.mul(targets, logits)), tf.sum(tf.mean(logits, 1)));
  return tf.add(crossEntropy(logits, names), tf.mul(margin, SMOOTHING));
}

/** To name colour and shape of a patch, 216 of each, on four fifths of the pairs. */
const supervised: Objective<'patches' | 'colours' | 'shapes'> = {
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
    const lossOf = (head: string, names: tf.Tensor) =>
      smoothed(linear(features, parameters, head), names as tf.Tensor1D);
    return tf.mul(tf.add(lossOf('colour', colours), lossOf('shape', shapes)), 1 / BATCH);
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

/** Width of the projections that are compared. */
const PROJECTION = 96;
const TEMPERATURE = 0.07;
/** Masks, and colours, in one batch: each must be recognised among as many. */
const CONTRASTED = 64;

function normalised(x: tf.Tensor2D): tf.Tensor2D {
  return tf.div<tf.Tensor2D>(x, tf.sqrt(tf.add(tf.sum(tf.square(x), 1, true), 1e-6)));
}

/** InfoNCE in both directions, summed: row i of `a` [n, D] must find row i of `b` [n, D], and vice versa. */
function contrastiveLoss(a: tf.Tensor2D, b: tf.Tensor2D, rows: tf.Tensor1D): tf.Scalar {
  const logits = (x: tf.Tensor2D, y: tf.Tensor2D) =>
    tf.mul<tf.Tensor2D>(tf.matMul(x, y, false, true), 1 / TEMPERATURE);
  return tf.add(crossEntropy(logits(a, b), rows), crossEntropy(logits(b, a), rows));
}

/**
 * Contrastive learning without names (InfoNCE: van den Oord et al. 2018) with recolouring as the
 * augmentation. One projection must recognise a mask in another colour among 63 other masks, the other
 * one a colour on another mask among 63 other colours. Masks and colours are found in the pixels
 * (`recombine`), where equal and different ones can be distinguished without names.
 */
const selfSupervised: Objective<'patches' | 'order'> = {
  description:
    'A small convolutional network that learnt without names, by contrast: to recognise a mask in ' +
    'another colour among 63 other masks, and a colour on another mask among 63 other colours, both ' +
    'taken from the pixels. A fifth of the colour-shape pairs it never saw.',
  steps: 4000,
  peak: 3e-3,
  head: [
    ...linearSpecs('mask', CONVNET_FEATURES, PROJECTION),
    ...linearSpecs('colour', CONVNET_FEATURES, PROJECTION),
  ],
  inputs: {
    // Masks in two colours each, then colours on two masks each.
    patches: ['float32', [4 * CONTRASTED, PATCH_VALUES]],
    order: ['int32', [CONTRASTED]],
  },
  loss(parameters, { patches, order }) {
    const features = convnet(parameters, patches as tf.Tensor2D);
    const views = tf.split<tf.Tensor2D>(features, 4, 0);
    const [maskA, maskB, colourA, colourB] = views as [
      tf.Tensor2D,
      tf.Tensor2D,
      tf.Tensor2D,
      tf.Tensor2D,
    ];
    const project = (view: tf.Tensor2D, head: string) => normalised(linear(view, parameters, head));
    const contrast = (head: string, a: tf.Tensor2D, b: tf.Tensor2D) =>
      contrastiveLoss(project(a, head), project(b, head), order as tf.Tensor1D);
    const sum = tf.add(contrast('mask', maskA, maskB), contrast('colour', colourA, colourB));
    return tf.mul(sum, 1 / (4 * CONTRASTED));
  },
  batch(stream) {
    const [maskPairs, colourPairs] = drawExchangeable(stream, CONTRASTED);
    const [masks, colours] = [pixelsOf(maskPairs), pixelsOf(colourPairs)];
    const views = [
      recombine(masks, shuffle(colours, stream)),
      recombine(masks, shuffle(colours, stream)),
      recombine(shuffle(masks, stream), colours),
      recombine(shuffle(masks, stream), colours),
    ];
    return {
      patches: Float32Array.from(views.flatMap((view) => Array.from(view))),
      order: Int32Array.from({ length: CONTRASTED }, (_, index) => index),
    };
  },
};

export const OBJECTIVES = {
  supervised,
  'self-supervised': selfSupervised,
} as const satisfies Record<string, Objective>;
export type LearntEncoder = keyof typeof OBJECTIVES;
