import { sha256Of } from '../../contract/digest.ts';
import { answerScenes, packScene } from '../../inference/answer-queries.ts';
import { argMax, softmax } from '../../inference/logits.ts';
import { generateQuery } from '../../task/query.ts';
import type { QueryIndices } from '../../task/query-indices.ts';
import type { ModelRunner } from '../../inference/model-runner.ts';
import type { Runtime } from '../../inference/runtime.ts';
import { openModel } from '../../inference/session.ts';
import type { ProbeSession } from '../../probes/runner.ts';
import type {
  AttributeMessage,
  Engine,
  FileToLoad,
  WorkerResponse,
  LoadMessage,
  LocalAnswer,
  RunMessage,
  WorkerRequest,
} from './messages.ts';

/**
 * The web worker that runs ONNX Runtime, so that the page stays responsive. The model file, the prompts
 * and the code that runs them are the same as on the server.
 */

const send = (message: WorkerResponse): void => {
  postMessage(message);
};

let runner: ModelRunner | undefined;
/** The file of the runner's model, and a session on it with hooks for interventions. */
let modelFile: Uint8Array | undefined;
let probe: ProbeSession | undefined;

addEventListener('message', ({ data }: MessageEvent<WorkerRequest>) => {
  handle(data).catch((error: unknown) => {
    send({ kind: 'failed', reason: error instanceof Error ? error.message : String(error) });
  });
});

function handle(request: WorkerRequest): Promise<void> {
  switch (request.kind) {
    case 'load':
      return load(request);
    case 'run':
      return run(request);
    case 'attribute':
      return attribute(request);
  }
}

async function load({
  engine: wanted,
  first,
  model,
  encoder,
  featureWidth,
  signature,
}: LoadMessage): Promise<void> {
  const files = [model, ...(encoder ? [encoder] : [])];
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  let loaded = 0;
  const progress = (bytes: number) => {
    loaded += bytes;
    send({ kind: 'progress', loaded, total });
  };
  const [modelBytes, encoderBytes] = await Promise.all([
    loadVerified(model, progress),
    encoder && loadVerified(encoder, progress),
  ]);
  modelFile = modelBytes;
  probe = undefined;
  const opened = {
    model: modelBytes,
    featureWidth,
    ...(signature && { signature }),
    ...(encoderBytes && { encoder: encoderBytes }),
  };
  const openOn = async (runtime: Promise<Runtime>) => openModel(await runtime, opened);
  const useWasm = async (detail: string, onWasm?: ModelRunner) => {
    runner = onWasm ?? (await openOn(wasm()));
    send({ kind: 'loaded', engine: 'wasm', detail });
  };
  const adapter = wanted === 'wasm' ? 'WebAssembly was chosen' : await gpuAdapter();
  if (typeof adapter === 'string') return useWasm(adapter);
  let onGpu: ModelRunner;
  try {
    onGpu = await openOn(webGpu());
    if (wanted === 'auto' && adapter.isSoftware) {
      const onWasm = await openOn(wasm());
      const [gpuTime, wasmTime] = [await timeOf(onGpu, first), await timeOf(onWasm, first)];
      const measured = `one question: WebGPU in software ${gpuTime.toFixed(0)} ms, WebAssembly ${wasmTime.toFixed(0)} ms`;
      if (wasmTime < gpuTime) {
        await useWasm(measured, onWasm);
        return;
      }
      adapter.name = `${adapter.name}; ${measured}`;
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return useWasm(`WebGPU cannot run the model: ${reason}`);
  }
  runner = onGpu;
  send({ kind: 'loaded', engine: 'webgpu', detail: adapter.name });
}

/** Milliseconds of one question, without the first run, which compiles the kernels. */
async function timeOf(
  tried: ModelRunner,
  { spec, seed, queries }: LoadMessage['first'],
): Promise<number> {
  const scene = packScene(spec, seed, queries.slice(0, 1));
  await answerScenes(tried, [scene]);
  const started = performance.now();
  await answerScenes(tried, [scene]);
  return performance.now() - started;
}

/** Loads a file. @throws Error where it differs from its card */
async function loadVerified(
  file: FileToLoad,
  progress: (bytes: number) => void,
): Promise<Uint8Array> {
  const response = await fetch(file.url);
  if (!response.ok || !response.body) throw new Error(`the server answered ${response.status}`);
  const bytes = new Uint8Array(file.bytes);
  let end = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (end + value.length > bytes.length) throw new Error('the file is longer than its card says');
    bytes.set(value, end);
    end += value.length;
    progress(value.length);
  }
  if (end !== bytes.length || (await sha256Of(bytes)) !== file.sha256) {
    throw new Error('the file differs from its card');
  }
  return bytes;
}

interface GpuAdapter {
  /** Of browsers before `info` had it. */
  readonly isFallbackAdapter?: boolean;
  readonly info?: {
    readonly vendor?: string;
    readonly architecture?: string;
    readonly isFallbackAdapter?: boolean;
  };
}

interface Gpu {
  requestAdapter(): Promise<GpuAdapter | null>;
}

/** The name of the adapter, or the reason why there is none. */
async function gpuAdapter(): Promise<{ name: string; isSoftware: boolean } | string> {
  const gpu: Gpu | undefined = 'gpu' in navigator ? navigator.gpu : undefined;
  if (!gpu) return 'this browser has no WebGPU';
  const adapter = await adapterOf(gpu).catch(() => null);
  if (!adapter) return 'this browser has WebGPU but provides no adapter';
  const { vendor = '', architecture = '', isFallbackAdapter } = adapter.info ?? {};
  const isSoftware =
    (isFallbackAdapter ?? adapter.isFallbackAdapter ?? false) || architecture === 'swiftshader';
  return { name: `${vendor} ${architecture}`.trim(), isSoftware };
}

/** Some browsers reject, others throw synchronously. */
const adapterOf = async (gpu: Gpu) => gpu.requestAdapter();

async function webGpu(): Promise<Runtime> {
  const [ort, { default: url }] = await Promise.all([
    import('onnxruntime-web/webgpu'),
    import('onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url'),
  ]);
  return runtimeOf(ort, url, 'webgpu');
}

async function wasm(): Promise<Runtime> {
  const [ort, { default: url }] = await Promise.all([
    import('onnxruntime-web/wasm'),
    import('onnxruntime-web/ort-wasm-simd-threaded.wasm?url'),
  ]);
  return runtimeOf(ort, url, 'wasm');
}

type Ort = typeof import('onnxruntime-web/wasm');

function runtimeOf(ort: Ort, url: string, provider: Engine): Runtime {
  ort.env.wasm.wasmPaths = { wasm: new URL(url, location.href).href };
  // One thread, as on the server; more would require cross-origin isolation of the page.
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = 'fatal';
  return {
    Tensor: ort.Tensor,
    InferenceSession: {
      create: (model, options) =>
        ort.InferenceSession.create(model, { executionProviders: [provider], ...options }),
    },
    runsOnCpu: provider === 'wasm',
  };
}

/** Answers the queries as the server does: the questions about a scene packed, one scene per run. */
async function run({ spec, seed, queries }: RunMessage): Promise<void> {
  if (!runner) throw new Error('no model is loaded');
  const scenes = new Map<number, QueryIndices[]>();
  for (const query of queries) scenes.set(query.index, [...(scenes.get(query.index) ?? []), query]);
  const packed = [...scenes.values()].map((questions) => packScene(spec, seed, questions));
  // Not measured: the first run compiles the kernels.
  await answerScenes(runner, packed.slice(0, 1));
  const answers: LocalAnswer[] = [];
  const started = performance.now();
  for (const [done, scene] of packed.entries()) {
    send({ kind: 'answered', done, total: packed.length });
    for (const { logits, target } of await answerScenes(runner, [scene])) {
      const token = argMax(logits);
      answers.push({ token, probability: softmax(logits)[token] ?? 0, correct: token === target });
    }
  }
  send({ kind: 'answers', answers, milliseconds: performance.now() - started });
}

/** Measures as the server does which tokens an answer depends on; interventions always run in WebAssembly. */
async function attribute({ query, ...options }: AttributeMessage): Promise<void> {
  if (!runner || !modelFile) throw new Error('no model is loaded');
  const [{ openProbe }, { attributionFigures }] = await Promise.all([
    import('../../probes/runner.ts'),
    import('../../probes/attribution-figures.ts'),
  ]);
  probe ??= await openProbe(await wasm(), modelFile);
  const { spec } = query;
  const { scene, object } = generateQuery(query);
  const ask = { question: spec.question, object };
  const figures = await attributionFigures(
    { probe, encode: runner.encode.bind(runner), featureWidth: runner.featureWidth },
    { scene, ask, modality: spec.modality, grid: spec.grid },
    options,
  );
  send({ kind: 'attribution', figures });
}
