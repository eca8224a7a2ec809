import { createRequire } from 'node:module';
import type { InferenceSession } from 'onnxruntime-common';
import type { Runtime, SessionOptions } from '../inference/runtime.ts';

export interface NodeRuntime extends Runtime {
  /** A model as bytes, or as the path of a file, which may have weights in other files next to it. */
  readonly InferenceSession: {
    create(model: Uint8Array | string, options?: SessionOptions): Promise<InferenceSession>;
  };
}

export type RuntimePackage = 'onnxruntime-node' | 'onnxruntime-web';

/** Whether a package with ONNX Runtime is installed; a user installs it beside bindscope. */
export function isInstalled(name: RuntimePackage): boolean {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
}

/** @throws Error with what to install, where the package is absent */
export function requireInstalled(name: RuntimePackage): void {
  if (isInstalled(name)) return;
  throw new Error(`running models on this machine needs ONNX Runtime: npm install ${name}`);
}

export interface NodeRuntimeOptions {
  /** Threads of one operator; by default 1. */
  readonly threads?: number;
  /** An execution provider of the installed package, such as `cuda`; by default `cpu`. */
  readonly device?: string;
}

/**
 * onnxruntime-node on one thread: its sums do not depend on the number of cores, and models of this size
 * gain little from a second thread, which would mostly spin. Only fatal errors are logged, since the
 * other errors are thrown.
 *
 * @throws Error where onnxruntime-node is not installed, or has no such device
 */
export async function nodeRuntime({
  threads = 1,
  device = 'cpu',
}: NodeRuntimeOptions = {}): Promise<NodeRuntime> {
  requireInstalled('onnxruntime-node');
  const ort = await import('onnxruntime-node');
  const devices = ort.listSupportedBackends().map(({ name }) => name);
  if (!devices.includes(device)) {
    throw new Error(
      `onnxruntime-node has no device "${device}" here; it has ${devices.join(', ')}`,
    );
  }
  const options: InferenceSession.SessionOptions = {
    executionProviders: [device],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: 4,
  };
  return {
    Tensor: ort.Tensor,
    InferenceSession: {
      create: (model, asked) =>
        typeof model === 'string'
          ? ort.InferenceSession.create(model, { ...options, ...asked })
          : ort.InferenceSession.create(model, { ...options, ...asked }),
    },
    runsOnCpu: device === 'cpu',
  };
}
