import * as tf from '@tensorflow/tfjs';
import type { WeightType } from '../../contract/card.ts';
import type { OnnxGraph } from '../../onnx/model.ts';
import { KernelContext } from './kernels/context.ts';
import { KERNELS } from './kernels/index.ts';
import { GraphRecorder, type ElementType, type Value } from './recorder.ts';
import { TraceError } from './trace-error.ts';

const BACKEND_NAME = 'bindscope-tracer';

/**
 * A TensorFlow.js backend whose kernels record ONNX nodes instead of computing. Whatever runs on it,
 * a forward pass or `tf.grads` of one, becomes a graph.
 */
class TracerBackend extends tf.KernelBackend {
  recorder = new GraphRecorder();
  readonly #values = new WeakMap<tf.DataId, Value>();

  register(value: Value): tf.TensorInfo {
    const dataId = {};
    this.#values.set(dataId, value);
    return {
      dataId,
      shape: [...value.shape],
      dtype: value.type === 'int64' ? 'int32' : value.type,
    };
  }

  lookUp(tensor: tf.TensorInfo): Value {
    const value = this.#values.get(tensor.dataId);
    if (!value) {
      throw new TraceError('a tensor made outside the traced function was used inside it');
    }
    // The same data may be seen under another shape (a clone after an in-place reshape).
    return { ...value, shape: tensor.shape };
  }

  /** Called by tfjs for every tensor made from numbers: a constant of the graph. */
  override write(
    values: tf.backend_util.BackendValues,
    shape: number[],
    dtype: tf.DataType,
  ): tf.DataId {
    const type: ElementType = dtype === 'int32' || dtype === 'bool' ? 'int32' : 'float32';
    const numbers =
      type === 'int32'
        ? Int32Array.from(values as Int32Array)
        : Float32Array.from(values as Float32Array);
    const uniform = numbers.every((number) => number === numbers[0]) ? numbers[0] : undefined;
    return this.register(this.#constant(numbers, shape, type, uniform)).dataId;
  }

  #constant(
    numbers: Float32Array | Int32Array,
    shape: readonly number[],
    type: ElementType,
    uniform: number | undefined,
  ): Value {
    const { recorder } = this;
    if (!recorder.isSymbolic(shape)) {
      return { name: recorder.constant(numbers, shape), shape, type, uniform };
    }
    if (uniform === undefined) {
      throw new TraceError(
        `a constant of symbolic shape [${shape.join()}] must hold one number only`,
      );
    }
    const scalar = recorder.constant(numbers.slice(0, 1), [1]);
    const value = recorder.value('Expand', [scalar, recorder.shapeTensor(shape)], shape, type);
    return { ...value, uniform };
  }

  override readSync(): never {
    throw new TraceError(`values cannot be read while tracing (${modelLine()})`);
  }
  override read(): never {
    return this.readSync();
  }
  override disposeData(): boolean {
    return true;
  }
  override incRef(): void {}
  override refCount(): number {
    return 1;
  }
  override numDataIds(): number {
    return 0;
  }
  override memory(): { unreliable: boolean } {
    return { unreliable: true };
  }
  override floatPrecision(): 32 {
    return 32;
  }
  override epsilon(): number {
    return 1e-7;
  }
}

let backend: TracerBackend | undefined;

const isTensor = (input: unknown): input is tf.TensorInfo =>
  typeof input === 'object' && input !== null && 'dataId' in input;

/** Registers the backend once: our kernels, and for every other op of tfjs an error that names it. */
function tracerBackend(): TracerBackend {
  if (backend) return backend;
  const made = new TracerBackend();
  const unsupported = new Set(tf.getKernelsForBackend('cpu').map(({ kernelName }) => kernelName));
  for (const [kernelName, kernel] of Object.entries(KERNELS)) {
    unsupported.delete(kernelName);
    tf.registerKernel({
      kernelName,
      backendName: BACKEND_NAME,
      kernelFunc: ({ inputs, attrs }) => {
        const given = Object.entries(inputs).flatMap(([name, tensor]) =>
          // An optional input may be undefined or null.
          isTensor(tensor) ? [[name, made.lookUp(tensor)] as const] : [],
        );
        const outputs = kernel(
          new KernelContext(made.recorder, Object.fromEntries(given), attrs ?? {}),
        );
        return Array.isArray(outputs)
          ? outputs.map((value) => made.register(value))
          : made.register(outputs);
      },
    });
  }
  for (const kernelName of unsupported) {
    tf.registerKernel({
      kernelName,
      backendName: BACKEND_NAME,
      kernelFunc: () => {
        throw new TraceError(`the op ${kernelName} cannot be traced to ONNX (${modelLine()})`);
      },
    });
  }
  tf.registerBackend(BACKEND_NAME, () => made);
  backend = made;
  return made;
}

/** The innermost line of the caller's own code: where the op is used. */
function modelLine(): string {
  const frames = new Error().stack?.split('\n').slice(1) ?? [];
  const own = frames.find((frame) => !/node_modules|trainer\/tracer\/|node:/.test(frame));
  return own?.trim() ?? 'unknown line';
}

/** What a traced function can do beside running tfjs ops. */
export interface Tracing {
  /** Declares a graph input; string dimensions are symbolic. */
  input(name: string, type: 'float32' | 'int32', shape: readonly (number | string)[]): tf.Tensor;
  /** Declares a weight, whose values are given to `encodeModel`. */
  weight(name: string, shape: readonly number[], type: WeightType): tf.Tensor;
  output(name: string, tensor: tf.Tensor): void;
}

/**
 * Runs `build` on the recording backend and returns what it recorded.
 *
 * @throws TraceError naming the op and the line when something cannot be traced
 */
export function trace(name: string, build: (tracing: Tracing) => void): OnnxGraph {
  const tracer = tracerBackend();
  const previous = tf.getBackend();
  const recorder = new GraphRecorder();
  tracer.recorder = recorder;
  void tf.setBackend(BACKEND_NAME);
  const tensorOf = (value: Value) =>
    tf.engine().makeTensorFromTensorInfo(tracer.register(value), tracer);
  try {
    tf.tidy(() => {
      build({
        input: (inputName, type, shape) => tensorOf(recorder.input(inputName, type, shape)),
        weight: (weightName, shape, type) =>
          tensorOf(recorder.weight({ name: weightName, type, shape })),
        output: (outputName, tensor) => {
          recorder.output(outputName, tracer.lookUp(tensor));
        },
      });
    });
    return recorder.finish(name);
  } finally {
    // Before its first use tfjs has no backend to go back to.
    void tf.setBackend(previous || 'cpu');
  }
}
