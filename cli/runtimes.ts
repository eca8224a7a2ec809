import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Runtime } from '../inference/runtime.ts';
import { isInstalled, nodeRuntime, requireInstalled } from '../node/onnx-runtime.ts';

/** The available runtimes. */
export const RUNTIMES = { node: nodeRuntime, wasm: wasmRuntime } as const;
export type RuntimeName = keyof typeof RUNTIMES;

/**
 * A runtime that is installed: the wanted one, or the native one before the WebAssembly build.
 *
 * @throws Error with what to install, where there is none
 */
export function installedRuntime(name?: RuntimeName): () => Promise<Runtime> {
  const native = isInstalled('onnxruntime-node') || !isInstalled('onnxruntime-web');
  const chosen = name ?? (native ? 'node' : 'wasm');
  requireInstalled(chosen === 'node' ? 'onnxruntime-node' : 'onnxruntime-web');
  return RUNTIMES[chosen];
}

/** The WebAssembly build that the worker runs. */
async function wasmRuntime(): Promise<Runtime> {
  const ort = await import('onnxruntime-web/wasm');
  const { resolve } = createRequire(import.meta.url);
  const binary = await readFile(resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm'));
  ort.env.wasm.wasmBinary = new Uint8Array(binary).buffer;
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = 'fatal';
  const options = { executionProviders: ['wasm'] };
  return {
    Tensor: ort.Tensor,
    InferenceSession: {
      create: (model, asked) => ort.InferenceSession.create(model, { ...options, ...asked }),
    },
  };
}
