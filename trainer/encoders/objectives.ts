import * as tf from '@tensorflow/tfjs';
import { PATCH_VALUES } from '../../inference/patch-encoder.ts';
import type { RandomStream } from '../../task/random.ts';
import { LIMITS } from '../../task/spec.ts';
import type { Parameters, ParameterSpec } from '../model.ts';
import { crossEntropy } from '../ops.ts';
import type { Tracing } from '../tracer/backend.ts';
import { convnet, CONVNET_FEATURES, linear, linearSpecs } from './convnet.ts';
import { drawExchangeable, drawPairs, pixelsOf, recombine, shuffle } from './vocabulary-patches.ts';

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

/** Width of the projections that are compared. */
const PROJECTION = 96;
const TEMPERATURE = 0.07;
/** Masks, and colours, that are told apart at a time. */
const AT_ONCE = 64;

/**
 * No names: contrastive learning (InfoNCE: van den Oord et al. 2018) with recolouring as the
 * augmentation. One projection must recognise a mask in another colour among 63 other masks, another
 * one a colour on another mask among 63 other colours. Masks and colours are found in the pixels
 * (`recombine`), which show as well as names whether two are the same.
 */
const selfSupervised: Objective = {
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
    patches: ['float32', [4 * AT_ONCE, PATCH_VALUES]],
    order: ['int32', [AT_ONCE]],
  },
  loss(parameters, { patches, order }) {
    const features = convnet(parameters, patches as tf.Tensor2D);
    const views = tf.split<tf.Tensor2D>(features, 4, 0);
    const contrast = (head: string, pair: readonly tf.Tensor2D[]) => {
      const [a, b] = pair.map((view) => {
        const z = linear(view, parameters, head);
        return tf.div<tf.Tensor2D>(z, tf.sqrt(tf.add(tf.sum(tf.square(z), 1, true), 1e-6)));
      });
      const similarity = (x: tf.Tensor2D, y: tf.Tensor2D) =>
        tf.mul<tf.Tensor2D>(tf.matMul(x, y, false, true), 1 / TEMPERATURE);
      const names = order as tf.Tensor1D;
      return tf.add(crossEntropy(similarity(a, b), names), crossEntropy(similarity(b, a), names));
    };
    const sum = tf.add(contrast('mask', views.slice(0, 2)), contrast('colour', views.slice(2)));
    return tf.mul(sum, 1 / (4 * AT_ONCE));
  },
  batch(stream) {
    const [forms, hues] = drawExchangeable(stream, AT_ONCE).map(pixelsOf);
    const shuffled = () => shuffle(hues, stream);
    const onto = () => shuffle(forms, stream);
    const views = [
      recombine(forms, shuffled()),
      recombine(forms, shuffled()),
      recombine(onto(), hues),
      recombine(onto(), hues),
    ];
    return {
      patches: Float32Array.from(views.flatMap((view) => Array.from(view))),
      order: Int32Array.from({ length: AT_ONCE }, (_, place) => place),
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
