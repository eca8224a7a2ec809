import Pbf from 'pbf';

/**
 * The part of the ONNX format (onnx.proto, IR version 8) that traced graphs use, as data: field
 * numbers and wire types. `pbf` does the wire format; this table does the messages.
 *
 * @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
export const IR_VERSION = 8;
export const OPSET_VERSION = 17;

/** TensorProto.DataType */
export const DATA_TYPE = { float32: 1, int32: 6, int64: 7, bool: 9, float16: 10 } as const;
/** float16 is what weights can be stored as; nothing is computed in it. */
export type StoredType = keyof typeof DATA_TYPE;
export type ElementType = Exclude<StoredType, 'float16'>;

export type Attribute = number | string | readonly number[] | { readonly float: number };

export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export interface OnnxTensor {
  readonly name: string;
  readonly type: StoredType;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** A graph input or output; a string dimension is symbolic. */
export interface OnnxValue {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly (number | string)[];
}

export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly constants: readonly OnnxTensor[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

/**
 * The bytes of a model. Protobuf merges the parts of a message that stand one after another, so the
 * result can be continued: `encodeModel(graph)` followed by `encodeWeights(…)` is one model whose
 * weights are the tail of the file, ready to be shared with another graph.
 */
export function encodeModel(graph: OnnxGraph): Uint8Array {
  const pbf = new Pbf();
  pbf.writeVarintField(1, IR_VERSION);
  pbf.writeStringField(2, 'bindscope');
  pbf.writeMessage(7, writeGraph, graph);
  pbf.writeMessage(
    8,
    (version: number, out) => {
      out.writeVarintField(2, version);
    },
    OPSET_VERSION,
  );
  return pbf.finish();
}

/** Weights alone, as a model fragment to append to `encodeModel`'s bytes. */
export function encodeWeights(weights: readonly OnnxTensor[]): Uint8Array {
  const pbf = new Pbf();
  pbf.writeMessage(
    7,
    (tensors: readonly OnnxTensor[], out) => {
      for (const tensor of tensors) out.writeMessage(5, writeTensor, tensor);
    },
    weights,
  );
  return pbf.finish();
}

function writeGraph(graph: OnnxGraph, pbf: Pbf): void {
  for (const node of graph.nodes) pbf.writeMessage(1, writeNode, node);
  pbf.writeStringField(2, graph.name);
  for (const tensor of graph.constants) pbf.writeMessage(5, writeTensor, tensor);
  for (const value of graph.inputs) pbf.writeMessage(11, writeValue, value);
  for (const value of graph.outputs) pbf.writeMessage(12, writeValue, value);
}

function writeNode(node: OnnxNode, pbf: Pbf): void {
  for (const input of node.inputs) pbf.writeStringField(1, input);
  for (const output of node.outputs) pbf.writeStringField(2, output);
  pbf.writeStringField(4, node.op);
  for (const entry of Object.entries(node.attributes)) pbf.writeMessage(5, writeAttribute, entry);
}

/** AttributeProto: the value's field, then `type` (20): FLOAT 1, INT 2, STRING 3, INTS 7. */
function writeAttribute([name, value]: readonly [string, Attribute], pbf: Pbf): void {
  pbf.writeStringField(1, name);
  if (typeof value === 'number') {
    pbf.writeVarintField(3, value);
    pbf.writeVarintField(20, 2);
  } else if (typeof value === 'string') {
    pbf.writeBytesField(4, new TextEncoder().encode(value));
    pbf.writeVarintField(20, 3);
  } else if ('float' in value) {
    pbf.writeFloatField(2, value.float);
    pbf.writeVarintField(20, 1);
  } else {
    for (const item of value) pbf.writeVarintField(8, item);
    pbf.writeVarintField(20, 7);
  }
}

function writeTensor(tensor: OnnxTensor, pbf: Pbf): void {
  for (const dimension of tensor.shape) pbf.writeVarintField(1, dimension);
  pbf.writeVarintField(2, DATA_TYPE[tensor.type]);
  pbf.writeStringField(8, tensor.name);
  pbf.writeBytesField(9, tensor.bytes);
}

function writeValue(value: OnnxValue, pbf: Pbf): void {
  pbf.writeStringField(1, value.name);
  pbf.writeMessage(2, writeType, value);
}

/** TypeProto.tensor_type (1): element type (1), shape (2) of dimensions: size (1) or symbol (2). */
function writeType(value: OnnxValue, pbf: Pbf): void {
  pbf.writeMessage(
    1,
    (tensor: OnnxValue, type) => {
      type.writeVarintField(1, DATA_TYPE[tensor.type]);
      type.writeMessage(
        2,
        (shape: OnnxValue['shape'], out) => {
          for (const dimension of shape) out.writeMessage(1, writeDimension, dimension);
        },
        tensor.shape,
      );
    },
    value,
  );
}

function writeDimension(dimension: number | string, pbf: Pbf): void {
  if (typeof dimension === 'number') pbf.writeVarintField(1, dimension);
  else pbf.writeStringField(2, dimension);
}
