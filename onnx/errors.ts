/** A file is not a readable, well-formed ONNX model, or not a readable safetensors file. */
export class OnnxError extends Error {
  override readonly name = 'OnnxError';
}
