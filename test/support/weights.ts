import Pbf from 'pbf';

/** Reads the weights at the end of a model file (field numbers: trainer/tracer/onnx.ts). */
export function readWeights(model: Uint8Array, weightsOffset: number): Map<string, Float32Array> {
  const weights = new Map<string, Float32Array>();
  const readTensor = (tag: number, tensor: { name: string; raw: Uint8Array }, pbf: Pbf) => {
    if (tag === 8) tensor.name = pbf.readString();
    if (tag === 9) tensor.raw = pbf.readBytes();
  };
  const readGraph = (tag: number, _: null, pbf: Pbf) => {
    if (tag !== 5) return;
    const { name, raw } = pbf.readMessage(readTensor, { name: '', raw: new Uint8Array() });
    weights.set(name, new Float32Array(raw.slice().buffer));
  };
  new Pbf(model.slice(weightsOffset)).readFields((tag, _: null, pbf) => {
    if (tag === 7) pbf.readMessage(readGraph, null);
  }, null);
  return weights;
}
