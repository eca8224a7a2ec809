import { createRequire } from 'node:module';
import type { Tensor } from '@tensorflow/tfjs';
import { z } from 'zod';

/** TensorFlow.js on native TensorFlow: an optional package. */
export const TENSORFLOW_PACKAGE = '@tensorflow/tfjs-node-gpu';

/** The native TensorFlow cannot be used. The message says why, and what to do. */
export class TensorflowUnavailable extends Error {
  override readonly name = 'TensorflowUnavailable';
}

/** A native TensorFlow that is loaded and is the backend of TensorFlow.js. */
export interface NativeTensorflow {
  /** Version of TensorFlow, `2.9.1` for example. */
  readonly version: string;
  readonly device: 'cpu' | 'gpu';
}

/** Whether the package is installed; it may still fail to load. */
export function hasTensorflow(): boolean {
  try {
    createRequire(import.meta.url).resolve(TENSORFLOW_PACKAGE);
    return true;
  } catch {
    return false;
  }
}

const backendSchema = z.object({
  isUsingGpuDevice: z.boolean(),
  binding: z.object({ TF_Version: z.string() }),
});

/**
 * Loads native TensorFlow as the backend of TensorFlow.js.
 *
 * @param threads of TensorFlow on the CPU; the first call in a process decides
 * @throws TensorflowUnavailable
 */
export async function loadTensorflow(threads: number): Promise<NativeTensorflow> {
  // TensorFlow reads these when its first device is made.
  process.env['TF_NUM_INTRAOP_THREADS'] ??= String(threads);
  process.env['TF_NUM_INTEROP_THREADS'] ??= '1';
  // The same command gives the same file, also on a GPU: sums in a fixed order, products of full float32.
  process.env['TF_DETERMINISTIC_OPS'] ??= '1';
  process.env['NVIDIA_TF32_OVERRIDE'] ??= '0';
  // Otherwise the first process takes all memory of the GPU.
  process.env['TF_FORCE_GPU_ALLOW_GROWTH'] ??= 'true';
  // Warnings and errors only.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '1';
  restoreUtilFunctions();
  const tf = await import('@tensorflow/tfjs');
  tf.env().set('PROD', true);
  try {
    await import(TENSORFLOW_PACKAGE);
  } catch (cause) {
    throw new TensorflowUnavailable(
      `${TENSORFLOW_PACKAGE} cannot be used: ${unavailableReason(cause)}; install it with: npm run tfjs-native`,
      { cause },
    );
  }
  await tf.setBackend('tensorflow');
  const { isUsingGpuDevice, binding } = backendSchema.parse(tf.backend());
  await requireRightResults(tf, binding.TF_Version);
  return { version: binding.TF_Version, device: isUsingGpuDevice ? 'gpu' : 'cpu' };
}

/**
 * TensorFlow with libraries of another CUDA than its own finds the GPU, reports no error, and computes
 * nonsense. So each kind of operation that a model needs is compared with a value known beforehand.
 */
async function requireRightResults(tf: typeof import('@tensorflow/tfjs'), version: string) {
  const size = 512;
  const results = tf.tidy(() => {
    const ones = tf.ones([size, size]);
    const rows = tf.range(0, size, 1, 'int32');
    return {
      'matrix product': [ones.matMul(ones).max(), size],
      sum: [tf.range(0, size).sum(), (size * (size - 1)) / 2],
      softmax: [tf.log(tf.softmax(tf.zeros([4, size]))).mean(), -Math.log(size)],
      'sum by index': [
        tf.unsortedSegmentSum(ones, rows.mod(tf.scalar(4, 'int32')), 4).max(),
        size / 4,
      ],
      selection: [tf.gather(tf.range(0, size), rows.reverse()).slice(0, 1).max(), size - 1],
    } satisfies Record<string, [Tensor, number]>;
  });
  for (const [operation, [tensor, expected]] of Object.entries(results)) {
    const [result = NaN] = await tensor.data();
    tensor.dispose();
    if (!(Math.abs(result - expected) <= 1e-4 * Math.abs(expected))) {
      throw new TensorflowUnavailable(
        `TensorFlow ${version} computes wrong results here (${operation}: ${result}, not ${expected}): ` +
          'its libraries of CUDA are of another version than it was built with',
      );
    }
  }
}

/**
 * Node 23 removed functions of `util` that tfjs-node 4.22 calls.
 *
 * @see https://github.com/tensorflow/tfjs/issues/8609
 */
function restoreUtilFunctions(): void {
  const util = createRequire(import.meta.url)('node:util') as Record<string, unknown>;
  util['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined;
  util['isArray'] ??= Array.isArray;
}

/** Why the package could not be loaded, from the error of its import. */
export function unavailableReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? error.code : undefined;
  const [line = ''] = error.message.split('\n');
  if (code === 'ERR_MODULE_NOT_FOUND' && line.includes(`'${TENSORFLOW_PACKAGE}'`)) {
    return 'it is not installed';
  }
  if (line.includes('native addon module')) {
    return 'it is installed without its native library, since its install script did not run or failed';
  }
  if (code === 'ERR_DLOPEN_FAILED') return `its native library cannot be loaded (${line})`;
  return line;
}
