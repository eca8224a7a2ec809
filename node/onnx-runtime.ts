import type { Runtime } from '../inference/session.ts';

/**
 * onnxruntime-node for measuring models, on one thread: sums are then the same however many cores a
 * machine has, and beside a training a second thread would wait for its core, turning, more than work.
 */
export async function nodeRuntime(): Promise<Runtime> {
  const { InferenceSession, Tensor } = await import('onnxruntime-node');
  const options = { intraOpNumThreads: 1, interOpNumThreads: 1 };
  return {
    Tensor,
    InferenceSession: { create: (model) => InferenceSession.create(model, options) },
  };
}
