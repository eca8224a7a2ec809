import * as tf from '@tensorflow/tfjs';
import { PATCH_VALUES } from '../../inference/patch-encoder.ts';
import { BACKGROUND } from '../../task/colours.ts';
import { PATCH_PIXELS } from '../../task/shapes.ts';
import { sizeOf, type Parameters, type ParameterSpec } from '../model/index.ts';
import { geluCore, linear as apply } from '../ops.ts';
import { trace } from '../tracer/backend.ts';
import { encodeModel } from '../tracer/onnx.ts';
import type { FeatureScaling } from '../../measurement/encoders/feature-scaling.ts';

/**
 * The small convolutional network of the encoders that are trained here: three convolutions and a
 * dense layer, whose activations are the features. Letters in shape comments: P patches, F features.
 */

/** First convolution: 4 x 4 pixels, stride 2, one pixel of background around the patch. */
const KERNEL = 4;
const STRIDE = 2;
const SIDE = PATCH_PIXELS / STRIDE; // 8 positions per side
/** Channels after each convolution; the second and third have a kernel of 2 x 2 and stride 2. */
const CHANNELS = [24, 40, 40] as const;
const HIDDEN = (SIDE / 4) ** 2 * CHANNELS[2];

/** F, the width of the features. */
export const CONVNET_FEATURES = 192;

/** Weight and bias of a linear map, by name. */
export function linearSpecs(name: string, from: number, to: number): ParameterSpec[] {
  const std = Math.sqrt(2 / (from + to)); // Xavier
  return [
    {
      name: `${name}.weight`,
      shape: [from, to],
      decays: true,
      initial: { kind: 'normal', std },
    },
    { name: `${name}.bias`, shape: [to], decays: false, initial: { kind: 'constant', value: 0 } },
  ];
}

/** A named linear map: [rows, from] -> [rows, to] */
export function linear(x: tf.Tensor2D, parameters: Parameters, name: string): tf.Tensor2D {
  const [weight, bias] = [parameters[`${name}.weight`], parameters[`${name}.bias`]];
  return apply(x, { weight: weight as tf.Tensor2D, bias: bias as tf.Tensor1D });
}

/** A named linear map, then `geluCore`: GELU without its constant factors. */
export function dense(x: tf.Tensor2D, parameters: Parameters, name: string): tf.Tensor2D {
  return geluCore(linear(x, parameters, name)) as tf.Tensor2D;
}

export const CONVNET_SPECS: readonly ParameterSpec[] = [
  ...linearSpecs('conv1', KERNEL ** 2 * 3, CHANNELS[0]),
  ...linearSpecs('conv2', 4 * CHANNELS[0], CHANNELS[1]),
  ...linearSpecs('conv3', 4 * CHANNELS[1], CHANNELS[2]),
  ...linearSpecs('dense', HIDDEN, CONVNET_FEATURES),
];

/** For each position of the first convolution the indices of its 48 inputs; the last pixel is background. */
function unfoldIndices(): Int32Array {
  const indices: number[] = [];
  const starts = Array.from({ length: SIDE }, (_, position) => STRIDE * position - 1);
  const inside = (at: number) => at >= 0 && at < PATCH_PIXELS;
  for (const top of starts) {
    for (const left of starts) {
      for (let k = 0; k < KERNEL ** 2 * 3; k++) {
        const [y, x] = [top + Math.floor(k / (3 * KERNEL)), left + (Math.floor(k / 3) % KERNEL)];
        const pixel = inside(y) && inside(x) ? y * PATCH_PIXELS + x : PATCH_PIXELS ** 2;
        indices.push(3 * pixel + (k % 3));
      }
    }
  }
  return Int32Array.from(indices);
}

/** Concatenates the channels of 2 x 2 positions: [P * side * side, C] -> [P * (side / 2)^2, 4 * C] */
function fold(x: tf.Tensor2D, side: number): tf.Tensor2D {
  const [half, channels] = [side / 2, x.shape[1]];
  const split = tf.reshape(x, [-1, half, 2, half, 2 * channels]);
  return tf.reshape(tf.transpose(split, [0, 1, 3, 2, 4]), [-1, 4 * channels]);
}

/**
 * @param patches [P, 768], pixels 0 to 255
 * @returns [P, F]
 */
export function convnet(parameters: Parameters, patches: tf.Tensor2D): tf.Tensor2D {
  const background = tf.add(tf.zeros([patches.shape[0], 3]), tf.tensor1d([...BACKGROUND]));
  const padded = tf.concat<tf.Tensor2D>([patches, background as tf.Tensor2D], 1); // [P, 771]
  const scaled = tf.sub(tf.mul(padded, 2 / 255), 1);
  const unfolded = tf.gather(scaled, tf.tensor1d(unfoldIndices(), 'int32'), 1);
  let x = tf.reshape<tf.Rank.R2>(unfolded, [-1, KERNEL ** 2 * 3]); // [P * 64, 48]
  x = dense(x, parameters, 'conv1'); // [P * 64, 24]
  x = dense(fold(x, SIDE), parameters, 'conv2'); // [P * 16, 40]
  x = dense(fold(x, SIDE / 2), parameters, 'conv3'); // [P * 4, 40]
  return dense(tf.reshape(x, [-1, HIDDEN]), parameters, 'dense');
}

/**
 * The network as a file: `patches` [P, 768] -> `features` [P, F].
 *
 * @param theta begins with the network's parameters
 */
export function convnetFile(theta: Float32Array, scaling?: FeatureScaling): Uint8Array {
  const graph = trace('convolutional-encoder', (tracing) => {
    const patches = tracing.input('patches', 'float32', ['patches', PATCH_VALUES]) as tf.Tensor2D;
    let offset = 0;
    const parameters = Object.fromEntries(
      CONVNET_SPECS.map(({ name, shape }) => [
        name,
        tf.tensor(theta.slice(offset, (offset += sizeOf(shape))), [...shape]),
      ]),
    );
    const features = convnet(parameters, patches);
    tracing.output(
      'features',
      scaling
        ? tf.mul(tf.sub(features, tf.tensor1d(scaling.mean)), tf.tensor1d(scaling.inverseDeviation))
        : features,
    );
  });
  return encodeModel(graph);
}
