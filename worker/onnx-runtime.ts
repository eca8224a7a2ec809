import * as ort from 'onnxruntime-web/wasm';
import compiled from 'onnxruntime-web/ort-wasm-simd-threaded.wasm';
import type { Runtime } from '../inference/runtime.ts';
import type { ReplaceFunctions } from './snapshot/binary.ts';

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

/** Version of the package `onnxruntime-web`. */
export const RUNTIME_VERSION = ort.env.versions.web ?? 'unknown';

const SESSION_OPTIONS = { executionProviders: ['wasm'] };

const RUNTIME: Runtime = {
  Tensor: ort.Tensor,
  InferenceSession: {
    create: (model, options) =>
      ort.InferenceSession.create(model, { ...SESSION_OPTIONS, ...options }),
  },
};

/**
 * Starts the runtime, which takes about 0.3 s of CPU. Call it once in an isolate: ONNX Runtime cannot start
 * again, also where its start failed.
 */
export async function startOnnxRuntime(
  replace: ReplaceFunctions = ({ exports }) => exports,
): Promise<Runtime> {
  const { instantiate } = WebAssembly;
  WebAssembly.instantiate = replacingSentinel(instantiate, replace);
  try {
    // It starts with its first session, also if that session then fails on its model.
    await ort.InferenceSession.create(new Uint8Array(1), SESSION_OPTIONS).catch(() => undefined);
  } finally {
    WebAssembly.instantiate = instantiate;
  }
  return RUNTIME;
}

type Instantiate = typeof WebAssembly.instantiate;

function replacingSentinel(instantiate: Instantiate, replace: ReplaceFunctions): Instantiate {
  const replacement = async (source: unknown, imports?: WebAssembly.Imports) => {
    if (!(source instanceof Uint8Array) || source.buffer !== SENTINEL) {
      return instantiate(source as WebAssembly.Module, imports);
    }
    const { exports } = await instantiate(compiled, imports);
    const memory = memoryOf(imports);
    return {
      module: compiled,
      instance: { exports: memory ? replace({ exports, memory }) : exports },
    };
  };
  return replacement as Instantiate;
}

/** The memory that ONNX Runtime's JavaScript makes for its binary. */
function memoryOf(imports: WebAssembly.Imports = {}): WebAssembly.Memory | undefined {
  return Object.values(imports)
    .flatMap((namespace) => Object.values(namespace))
    .find((value) => value instanceof WebAssembly.Memory);
}
