import { Float16Array } from '@petamoriken/float16';
import Pbf from 'pbf';
import { DATA_TYPE } from '../../trainer/tracer/onnx.ts';

interface StoredTensor {
  name: string;
  type: number;
  raw: Uint8Array;
}

/** Reads the weights at the end of a model file (field numbers: trainer/tracer/onnx.ts). */
export function readWeights(model: Uint8Array, weightsOffset: number): Map<string, Float32Array> {
  const weights = new Map<string, Float32Array>();
  const readTensor = (tag: number, tensor: StoredTensor, pbf: Pbf) => {
    if (tag === 2) tensor.type = pbf.readVarint();
    if (tag === 8) tensor.name = pbf.readString();
    if (tag === 9) tensor.raw = pbf.readBytes();
  };
  const readGraph = (tag: number, _: null, pbf: Pbf) => {
    if (tag !== 5) return;
    const { name, type, raw } = pbf.readMessage(readTensor, {
      name: '',
      type: 0,
      raw: new Uint8Array(),
    });
    const { buffer } = raw.slice();
    const half = type === DATA_TYPE.float16;
    weights.set(
      name,
      half ? Float32Array.from(new Float16Array(buffer)) : new Float32Array(buffer),
    );
  };
  new Pbf(model.slice(weightsOffset)).readFields((tag, _: null, pbf) => {
    if (tag === 7) pbf.readMessage(readGraph, null);
  }, null);
  return weights;
}
