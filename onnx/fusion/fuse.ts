import { readOnnx, writeOnnx } from '../codec.ts';
import { readTransformer } from './read-transformer.ts';
import { writeTransformer } from './write-transformer.ts';

/**
 * Rewrites a model of this project's trainer as a graph that starts and answers faster (`writeTransformer`).
 *
 * @param bytes the model file
 * @returns undefined where the file has another graph, such as an imported model's
 * @throws OnnxError where the file is not a valid model
 */
export function fuseModel(bytes: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  const transformer = readTransformer(readOnnx(bytes));
  return transformer && writeOnnx(writeTransformer(transformer));
}
