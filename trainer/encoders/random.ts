import * as tf from '@tensorflow/tfjs';
import { CachingPatchEncoder, PATCH_VALUES } from '../../inference/patches.ts';
import { RandomStream } from '../../task/random.ts';
import { encodeModel } from '../tracer/onnx.ts';
import { trace } from '../tracer/backend.ts';
import type { PatchEncoder } from '../../inference/patches.ts';

const SEED = 20;

/**
 * Fixed random features of a patch: centred pixels through a random linear map and a ReLU, scaled to
 * unit variance. Nothing in it is learnt; the projection behind it is.
 *
 * @param width F
 * @returns the ONNX file: `patches` [P, 768], pixels 0 to 255, -> `features` [P, F]
 */
export function randomEncoderModel(width: number): Uint8Array {
  const stream = new RandomStream([0xe4c0de, SEED, width, 3]);
  const draw = (count: number, std: number) =>
    Float32Array.from({ length: count }, () => std * stream.normal());
  // Pixels are scaled to [-1, 1]; with this deviation the features' variance is near one.
  const weights = draw(PATCH_VALUES * width, 2 / Math.sqrt(PATCH_VALUES));
  const biases = draw(width, 0.5);
  return encodeModel(
    trace('random-encoder', (tracing) => {
      const pixels = tracing.input('patches', 'float32', ['patches', PATCH_VALUES]);
      const scaled = tf.sub(tf.mul(pixels, 2 / 255), 1) as tf.Tensor2D;
      const hidden = tf.matMul(scaled, tf.tensor2d(weights, [PATCH_VALUES, width]));
      tracing.output('features', tf.relu(tf.add(hidden, tf.tensor1d(biases))));
    }),
  );
}

/** The encoder at work in the trainer. */
export async function randomEncoder(width: number): Promise<PatchEncoder> {
  const ort = await import('onnxruntime-node');
  const session = await ort.InferenceSession.create(randomEncoderModel(width), {
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  return new CachingPatchEncoder(width, async (pixels, patches) => {
    const feeds = { patches: new ort.Tensor('float32', pixels, [patches, PATCH_VALUES]) };
    return (await session.run(feeds))['features'].data as Float32Array;
  });
}
