import * as ort from 'onnxruntime-web/wasm';
import compiled from 'onnxruntime-web/ort-wasm-simd-threaded.wasm';
import type { Runtime } from '../inference/session.ts';

/**
 * ONNX Runtime in workerd. workerd compiles WebAssembly at deployment and never from bytes, while
 * ONNX Runtime always compiles from bytes and hands no hook on to Emscripten. So it is told that its
 * binary is this one buffer, and while it starts, `WebAssembly.instantiate` answers that buffer with
 * an instance of the module that was compiled at deployment.
 */
const SENTINEL = new ArrayBuffer(1);

ort.env.wasm.wasmBinary = SENTINEL;
// More threads would need web workers, which an isolate does not have.
ort.env.wasm.numThreads = 1;
ort.env.logLevel = 'fatal';

const SESSION_OPTIONS = { executionProviders: ['wasm'] };

const RUNTIME: Runtime = {
  Tensor: ort.Tensor,
  InferenceSession: { create: (model) => ort.InferenceSession.create(model, SESSION_OPTIONS) },
};

let starting: Promise<void> | undefined;

/**
 * The runtime, started by the first call: that takes some 0.3 s of CPU, so it is kept out of the
 * worker's own start. A start that failed is not repeated, as ONNX Runtime refuses to.
 */
export async function onnxRuntime(): Promise<Runtime> {
  await (starting ??= start());
  return RUNTIME;
}

/** ONNX Runtime starts with its first session, even where that session is then refused its model. */
async function start(): Promise<void> {
  const { instantiate } = WebAssembly;
  WebAssembly.instantiate = answeringSentinel(instantiate);
  try {
    await ort.InferenceSession.create(new Uint8Array(1), SESSION_OPTIONS).catch(() => undefined);
  } finally {
    WebAssembly.instantiate = instantiate;
  }
}

type Instantiate = typeof WebAssembly.instantiate;

function answeringSentinel(instantiate: Instantiate): Instantiate {
  const answer = async (source: unknown, imports?: WebAssembly.Imports) => {
    if (!(source instanceof Uint8Array) || source.buffer !== SENTINEL) {
      return instantiate(source as WebAssembly.Module, imports);
    }
    return { module: compiled, instance: await instantiate(compiled, imports) };
  };
  return answer as Instantiate;
}
