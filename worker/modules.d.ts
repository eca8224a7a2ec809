/** WebAssembly that workerd compiled at deployment. */
declare module '*.wasm' {
  const module: WebAssembly.Module;
  export default module;
}
