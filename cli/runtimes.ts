import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Runtime } from '../inference/session.ts';

/** What runs models on this machine. */
export const RUNTIMES = { node: nodeRuntime, wasm: wasmRuntime } as const;
export type RuntimeName = keyof typeof RUNTIMES;

/** It stays away from an installation without development packages; the other is always there. */
export function hasNativeRuntime(): boolean {
  try {
    createRequire(import.meta.url).resolve('onnxruntime-node');
    return true;
  } catch {
    return false;
  }
}

/** One thread: for models this small more only cost, and sums come out the same on any machine. */
async function nodeRuntime(): Promise<Runtime> {
  const ort = await import('onnxruntime-node');
  const options = { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 4 as const };
  return {
    Tensor: ort.Tensor,
    InferenceSession: { create: (model) => ort.InferenceSession.create(model, options) },
  };
}

/** The very WebAssembly that the worker runs. */
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
