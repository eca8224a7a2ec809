import * as tf from '@tensorflow/tfjs';
import { CachingPatchEncoder, PATCH_VALUES, type PatchEncoder } from '../../inference/patches.ts';
import { renderPatch } from '../../task/picture.ts';
import { RandomStream } from '../../task/random.ts';
import { PATCH_PIXELS } from '../../task/shapes.ts';
import { LIMITS } from '../../task/spec.ts';
import { trace } from '../tracer/backend.ts';
import { encodeModel } from '../tracer/onnx.ts';

/**
 * Fixed random convolutional features of a patch: nothing in it is learnt, the projection behind it
 * is. Two branches, since one alone does not let a linear map read both features of an object:
 * with 192 features a ridge classifier on unseen colour-shape pairs of the pocket vocabulary names
 * the colour in 100 % and the shape in 96 % of cases; a plain random map of the pixels reaches
 * 23 % and 98 %.
 */

/** Colour: 1 x 1 convolution, ReLU, maximum over the patch: what is there, wherever it is. */
const COLOUR_FEATURES = 64;
/** Shape: 4 x 4 convolution with stride 4, ReLU, kept by place: where something is. */
const TILE = 4;
const TILE_CHANNELS = 8;
const TILES = (PATCH_PIXELS / TILE) ** 2;
const TILE_VALUES = TILE * TILE * 3;

/** F, the width of the encoder's features: 192. */
export const RANDOM_FEATURES = COLOUR_FEATURES + TILES * TILE_CHANNELS;

const SEED = 20;
const SAMPLE = 2000;

/** Shift and scale that give each feature mean 0 and variance 1 over coloured shapes. */
interface Normaliser {
  readonly mean: Float32Array;
  readonly inverse: Float32Array;
}

/** @returns the ONNX graph: `patches` [P, 768], pixels 0 to 255, -> `features` [P, F] */
function encoderGraph(normaliser?: Normaliser): Uint8Array {
  const stream = new RandomStream([0xe4c0de, SEED, RANDOM_FEATURES, 3]);
  const draw = (count: number, std: number) =>
    Float32Array.from({ length: count }, () => std * stream.normal());
  const colourWeights = draw(3 * COLOUR_FEATURES, 1.5);
  const colourBiases = draw(COLOUR_FEATURES, 1);
  const tileWeights = draw(TILE_VALUES * TILE_CHANNELS, Math.sqrt(3 / TILE_VALUES));
  const tileBiases = draw(TILE_CHANNELS, 0.5);
  const dense = (x: tf.Tensor, weights: Float32Array, biases: Float32Array) => {
    const kernel = tf.tensor2d(weights, [weights.length / biases.length, biases.length]);
    return tf.relu(tf.add(tf.matMul(x as tf.Tensor2D, kernel), tf.tensor1d(biases)));
  };
  const graph = trace('random-encoder', (tracing) => {
    const patches = tracing.input('patches', 'float32', ['patches', PATCH_VALUES]);
    const count = patches.shape[0];
    const pixels = tf.sub(tf.mul(patches, 2 / 255), 1); // [-1, 1]

    const colours = dense(tf.reshape(pixels, [-1, 3]), colourWeights, colourBiases);
    const colour = tf.max(tf.reshape(colours, [count, PATCH_PIXELS ** 2, COLOUR_FEATURES]), 1);

    const side = PATCH_PIXELS / TILE;
    const tiles = tf.transpose(
      tf.reshape(pixels, [count, side, TILE, side, TILE * 3]),
      [0, 1, 3, 2, 4],
    );
    const kept = dense(tf.reshape(tiles, [-1, TILE_VALUES]), tileWeights, tileBiases);
    const shape = tf.reshape(kept, [count, TILES * TILE_CHANNELS]);

    const features = tf.concat([colour, shape], 1);
    tracing.output(
      'features',
      normaliser
        ? tf.mul(tf.sub(features, tf.tensor1d(normaliser.mean)), tf.tensor1d(normaliser.inverse))
        : features,
    );
  });
  return encodeModel(graph);
}

type Run = (pixels: Float32Array, patches: number) => Promise<Float32Array>;

async function runnerOf(model: Uint8Array): Promise<Run> {
  const ort = await import('onnxruntime-node');
  const session = await ort.InferenceSession.create(model, {
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  return async (pixels, patches) => {
    const feeds = { patches: new ort.Tensor('float32', pixels, [patches, PATCH_VALUES]) };
    return (await session.run(feeds))['features'].data as Float32Array;
  };
}

/** Mean and deviation of each feature over a fixed sample of the whole vocabulary. */
async function measure(run: Run): Promise<Normaliser> {
  const stream = new RandomStream([0xe4c0de, SEED, SAMPLE, 4]);
  const pixels = new Float32Array(SAMPLE * PATCH_VALUES);
  for (let patch = 0; patch < SAMPLE; patch++) {
    const colour = stream.below(LIMITS.colours);
    pixels.set(renderPatch(colour, stream.below(LIMITS.shapes)), patch * PATCH_VALUES);
  }
  const features = await run(pixels, SAMPLE);
  const mean = new Float32Array(RANDOM_FEATURES);
  const square = new Float32Array(RANDOM_FEATURES);
  features.forEach((value, place) => {
    mean[place % RANDOM_FEATURES] += value / SAMPLE;
    square[place % RANDOM_FEATURES] += value ** 2 / SAMPLE;
  });
  // A feature that never fires stays at zero instead of being blown up.
  const inverse = square.map((value, place) => 1 / Math.sqrt(value - mean[place] ** 2 + 1e-4));
  return { mean, inverse };
}

/** The encoder's ONNX file. */
export async function randomEncoderModel(): Promise<Uint8Array> {
  return encoderGraph(await measure(await runnerOf(encoderGraph())));
}

/** The encoder at work in the trainer. */
export async function randomEncoder(): Promise<PatchEncoder> {
  return new CachingPatchEncoder(RANDOM_FEATURES, await runnerOf(await randomEncoderModel()));
}
