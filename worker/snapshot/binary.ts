/** ONNX Runtime's binary after its start, before it is initialised. */
export interface StartedBinary {
  readonly exports: WebAssembly.Exports;
  readonly memory: WebAssembly.Memory;
}

/** Replaces functions of the binary before ONNX Runtime's JavaScript sees them. */
export type ReplaceFunctions = (binary: StartedBinary) => WebAssembly.Exports;

/** A function of WebAssembly whose arguments and result are 32-bit integers. */
export type WasmFunction = (...values: number[]) => number;

/** @returns undefined where the binary exports no such function */
export function functionOf(exports: WebAssembly.Exports, name: string): WasmFunction | undefined {
  const value = exports[name];
  return typeof value === 'function' ? (value as WasmFunction) : undefined;
}
