import type { WeightType } from '../../contract/card.ts';
import { makeModel, makeTensor } from '../../onnx/build.ts';
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
 * The bytes of a model.
 *
 * @param weights values of the tensors that the graph was traced with by `Tracing.weight`
 */
export function encodeModel(
  graph: OnnxGraph,
  weights: readonly StoredWeight[] = [],
): Uint8Array<ArrayBuffer> {
  const initializers = [
    ...graph.initializers,
    ...weights.map(({ name, type, shape, bytes }) => makeTensor(name, type, shape, bytes)),
  ];
  return writeOnnx(makeModel({ ...graph, initializers }, OPSET_VERSION));
}
