import { createRequire } from 'node:module';
import type { InferenceSession } from 'onnxruntime-common';
import type { Runtime } from '../inference/session.ts';

export interface NodeRuntime extends Runtime {
  /** A model as bytes, or as the path of a file, which may have weights in other files next to it. */
  readonly InferenceSession: { create(model: Uint8Array | string): Promise<InferenceSession> };
}

/** Whether onnxruntime-node is installed: it is a development dependency. */
export function hasNodeRuntime(): boolean {
  try {
    createRequire(import.meta.url).resolve('onnxruntime-node');
    return true;
  } catch {
    return false;
  }
}

/**
 * onnxruntime-node on one thread: its sums do not depend on the number of cores, and models of this size
 * gain little from a second thread, which would mostly spin. Only fatal errors are logged, since the
 * other errors are thrown.
 */
export async function nodeRuntime(): Promise<NodeRuntime> {
  const ort = await import('onnxruntime-node');
  const options: InferenceSession.SessionOptions = {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 4,
  };
  return {
    Tensor: ort.Tensor,
    InferenceSession: {
      create: (model) =>
        typeof model === 'string'
          ? ort.InferenceSession.create(model, options)
          : ort.InferenceSession.create(model, options),
    },
  };
}
