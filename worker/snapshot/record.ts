import {
  PAGE_BYTES,
  type RuntimeFunctions,
  type SnapshotManifest,
} from '../../contract/runtime-snapshot.ts';
import { functionOf, type StartedBinary, type WasmFunction } from './binary.ts';

/** Takes a snapshot of ONNX Runtime's memory, in workerd when the worker is built. */

/** What the binary is like at one moment. */
interface BinaryState {
  readonly pages: number;
  /** Numbers of pages that are not all zero. */
  readonly usedPages: readonly number[];
  readonly stackPointer: number;
  /** Values of all variables outside of memory, as the build exports them (`build/snapshot/export-globals.ts`). */
  readonly globals: readonly number[];
}

export type Recorded = Omit<SnapshotManifest, 'runtime' | 'sha256' | 'sessions'> & {
  readonly image: Uint8Array<ArrayBuffer>;
};

/** Watches the binary of a runtime that is started as usual. */
export class Recording {
  #binary: StartedBinary | undefined;
  #start: BinaryState | undefined;
  #session = 0;

  constructor(private readonly functions: RuntimeFunctions) {}

  /** For `startOnnxRuntime`. @throws Error where the binary lacks a function */
  watch(binary: StartedBinary): WebAssembly.Exports {
    const { initialise, createSession } = this.functions;
    this.#binary = binary;
    const original = (name: string) => requiredFunction(binary, name);
    const watching: Record<string, WasmFunction> = {
      [initialise]: (...settings) => {
        this.#start = this.#stateOf(binary);
        return original(initialise)(...settings);
      },
      [createSession]: (...model) => (this.#session = original(createSession)(...model)),
    };
    return { ...binary.exports, ...watching };
  }

  /** Address of the session that was opened last. */
  get session(): number {
    return this.#session;
  }

  /** @throws Error where something outside of memory has changed, which a snapshot of memory would lack */
  finish(): Recorded {
    const { functions } = this;
    if (!this.#binary || !this.#start) throw new Error(`${functions.initialise} was not called`);
    const start = this.#start;
    const end = this.#stateOf(this.#binary);
    if (end.stackPointer !== start.stackPointer) throw new Error('the stack is not empty');
    if (end.globals.length === 0) throw new Error('the binary exports no variables');
    const changed = end.globals.flatMap((value, at) => (value === start.globals[at] ? [] : [at]));
    if (changed.length > 0) throw new Error(`variables ${changed.join()} have changed`);
    // Also those that were used at the start only: they are to be zero again.
    const used = new Set([...start.usedPages, ...end.usedPages]);
    const imagePages = [...used].sort((one, other) => one - other);
    return {
      functions,
      startPages: start.pages,
      pages: end.pages,
      imagePages,
      stackPointer: end.stackPointer,
      image: imageOf(this.#binary.memory, imagePages),
    };
  }

  #stateOf(binary: StartedBinary): BinaryState {
    const { buffer } = binary.memory;
    const pages = buffer.byteLength / PAGE_BYTES;
    const isUsed = (page: number) =>
      new Uint32Array(buffer, page * PAGE_BYTES, PAGE_BYTES / 4).some((value) => value !== 0);
    return {
      pages,
      usedPages: Array.from({ length: pages }, (_, page) => page).filter(isUsed),
      stackPointer: requiredFunction(binary, this.functions.stackPointer)(),
      globals: Object.values(binary.exports).flatMap((value) =>
        value instanceof WebAssembly.Global ? [Number(value.value)] : [],
      ),
    };
  }
}

function requiredFunction({ exports }: StartedBinary, name: string): WasmFunction {
  const found = functionOf(exports, name);
  if (!found) throw new Error(`the binary exports no function ${name}`);
  return found;
}

function imageOf(memory: WebAssembly.Memory, pages: readonly number[]): Uint8Array<ArrayBuffer> {
  const image = new Uint8Array(pages.length * PAGE_BYTES);
  pages.forEach((page, place) => {
    image.set(new Uint8Array(memory.buffer, page * PAGE_BYTES, PAGE_BYTES), place * PAGE_BYTES);
  });
  return image;
}
