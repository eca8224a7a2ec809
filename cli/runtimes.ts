import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Runtime } from '../inference/session.ts';
import { nodeRuntime } from '../node/onnx-runtime.ts';

/** The available runtimes. */
export const RUNTIMES = { node: nodeRuntime, wasm: wasmRuntime } as const;
export type RuntimeName = keyof typeof RUNTIMES;

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
    InferenceSession: { create: (model) => ort.InferenceSession.create(model, options) },
  };
}
