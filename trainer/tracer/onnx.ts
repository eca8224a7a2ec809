import type { WeightType } from '../../contract/card.ts';
import { makeGraph, makeModel, makeTensor } from '../../onnx/build.ts';
import { writeOnnx } from '../../onnx/codec.ts';
import type { OnnxGraph } from '../../onnx/model.ts';

/** Of ONNX's own operators: the first with LayerNormalization. */
const OPSET_VERSION = 17;

/** A trained parameter, as it is stored in a file. */
export interface StoredWeight {
  readonly name: string;
  readonly type: WeightType;
  readonly shape: readonly number[];
  /** Little-endian values. */
  readonly bytes: Uint8Array;
}

/**
 * The bytes of a model, with its graph last. Protobuf merges messages that follow one another, so the
 * result can be continued: `encodeModel(graph)` followed by `encodeWeights(…)` is one model whose
 * weights are the tail of the file, ready to be shared with another graph.
 */
export const encodeModel = (graph: OnnxGraph): Uint8Array<ArrayBuffer> =>
  writeOnnx(makeModel(graph, OPSET_VERSION));

/** Weights alone, as a model fragment to append to the bytes of `encodeModel`. */
export function encodeWeights(weights: readonly StoredWeight[]): Uint8Array<ArrayBuffer> {
  const initializers = weights.map(({ name, type, shape, bytes }) =>
    makeTensor(name, type, shape, bytes),
  );
  const graph = makeGraph({ nodes: [], inputs: [], outputs: [], initializers });
  return writeOnnx({ ...makeModel(graph, OPSET_VERSION), ...NO_HEADER });
}

/** What the model that weights are appended to has already. */
const NO_HEADER = { irVersion: 0, producerName: '', opsetImports: [] };
