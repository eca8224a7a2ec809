import * as ort from 'onnxruntime-web/wasm';
import compiled from 'onnxruntime-web/ort-wasm-simd-threaded.wasm';
import type { Runtime } from '../inference/runtime.ts';

/**
 * ONNX Runtime in workerd. workerd compiles WebAssembly only at deployment, but ONNX Runtime always
 * compiles its binary from bytes and passes no hook to Emscripten. So its binary is set to this one
 * buffer and, while it starts, `WebAssembly.instantiate` answers this buffer with an instance of the
 * module that was compiled at deployment.
 */
const SENTINEL = new ArrayBuffer(1);

ort.env.wasm.wasmBinary = SENTINEL;
// More threads need web workers, which an isolate does not have.
ort.env.wasm.numThreads = 1;
ort.env.logLevel = 'fatal';

const SESSION_OPTIONS = { executionProviders: ['wasm'] };

const RUNTIME: Runtime = {
  Tensor: ort.Tensor,
  InferenceSession: {
    create: (model, options) =>
      ort.InferenceSession.create(model, { ...SESSION_OPTIONS, ...options }),
  },
};

let starting: Promise<void> | undefined;

/**
 * The runtime. It starts on the first call, because its start takes about 0.3 s of CPU and the start of
 * a worker has a limit. A failed start is not repeated: ONNX Runtime does not support that.
 */
export async function onnxRuntime(): Promise<Runtime> {
  await (starting ??= start());
  return RUNTIME;
}

/** ONNX Runtime starts with its first session, also if that session then fails on its model. */
async function start(): Promise<void> {
  const { instantiate } = WebAssembly;
  WebAssembly.instantiate = replacingSentinel(instantiate);
  try {
    await ort.InferenceSession.create(new Uint8Array(1), SESSION_OPTIONS).catch(() => undefined);
  } finally {
    WebAssembly.instantiate = instantiate;
  }
}

type Instantiate = typeof WebAssembly.instantiate;

function replacingSentinel(instantiate: Instantiate): Instantiate {
  const replacement = async (source: unknown, imports?: WebAssembly.Imports) => {
    if (!(source instanceof Uint8Array) || source.buffer !== SENTINEL) {
      return instantiate(source as WebAssembly.Module, imports);
    }
    return { module: compiled, instance: await instantiate(compiled, imports) };
  };
  return replacement as Instantiate;
}
