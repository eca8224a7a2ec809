/** A WebAssembly module that workerd compiles at deployment. */
declare module '*.wasm' {
  const module: WebAssembly.Module;
  export default module;
}

declare module '*.ttf' {
  const content: ArrayBuffer;
  export default content;
}
