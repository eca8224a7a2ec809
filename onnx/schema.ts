/**
 * onnx.proto as a table: how each property of the interfaces in `model.ts` is stored. The codec reads
 * and writes with nothing else. Fields that are not in the table are kept as bytes.
 *
 * @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
import type {
  MetadataEntry,
  OnnxAttribute,
  OnnxDimension,
  OnnxGraph,
  OnnxModel,
  OnnxNode,
  OnnxSparseTensor,
  OnnxTensor,
  OnnxType,
  OnnxValueInfo,
  OperatorSet,
} from './model.ts';

/** How one value is stored. `packed` is bytes that are not decoded here; parts are joined. */
export type ScalarKind = 'int' | 'int64' | 'float' | 'string' | 'bytes' | 'packed';

export interface Field {
  /** The field number of onnx.proto. */
  readonly number: number;
  /** A function, since messages contain one another. */
  readonly kind: ScalarKind | (() => Schema);
  readonly repeated: boolean;
  /** What an absent field reads as; a value equal to it is not written. */
  readonly absent?: string | number;
}

export type Schema = Readonly<Record<string, Field>>;

/** Fails to compile where a table and its interface have different properties. */
type SchemaOf<Message> = Readonly<Record<Exclude<keyof Message, 'unread'>, Field>>;

const one = (number: number, kind: Field['kind'], absent?: string | number): Field => ({
  number,
  kind,
  repeated: false,
  ...(absent !== undefined && { absent }),
});

const many = (number: number, kind: Field['kind']): Field => ({ number, kind, repeated: true });

export const MODEL: SchemaOf<OnnxModel> = {
  irVersion: one(1, 'int', 0),
  producerName: one(2, 'string', ''),
  producerVersion: one(3, 'string', ''),
  opsetImports: many(8, () => OPERATOR_SET),
  metadata: many(14, () => ENTRY),
  functions: many(25, 'bytes'),
  graph: one(7, () => GRAPH),
};

const OPERATOR_SET: SchemaOf<OperatorSet> = {
  domain: one(1, 'string', ''),
  version: one(2, 'int', 0),
};

const ENTRY: SchemaOf<MetadataEntry> = {
  key: one(1, 'string', ''),
  value: one(2, 'string', ''),
};

const GRAPH: SchemaOf<OnnxGraph> = {
  nodes: many(1, () => NODE),
  name: one(2, 'string', ''),
  inputs: many(11, () => VALUE_INFO),
  outputs: many(12, () => VALUE_INFO),
  valueInfos: many(13, () => VALUE_INFO),
  initializers: many(5, () => TENSOR),
  sparseInitializers: many(15, () => SPARSE_TENSOR),
};

const NODE: SchemaOf<OnnxNode> = {
  inputs: many(1, 'string'),
  outputs: many(2, 'string'),
  name: one(3, 'string', ''),
  opType: one(4, 'string', ''),
  domain: one(7, 'string', ''),
  attributes: many(5, () => ATTRIBUTE),
};

const ATTRIBUTE: SchemaOf<OnnxAttribute> = {
  name: one(1, 'string', ''),
  float: one(2, 'float'),
  int: one(3, 'int64'),
  string: one(4, 'bytes'),
  tensor: one(5, () => TENSOR),
  graph: one(6, () => GRAPH),
  floats: many(7, 'float'),
  ints: many(8, 'int64'),
  strings: many(9, 'bytes'),
  tensors: many(10, () => TENSOR),
  graphs: many(11, () => GRAPH),
  type: one(20, 'int', 0),
  sparseTensor: one(22, () => SPARSE_TENSOR),
  sparseTensors: many(23, () => SPARSE_TENSOR),
};

const TENSOR: SchemaOf<OnnxTensor> = {
  dims: many(1, 'int'),
  dataType: one(2, 'int', 0),
  floatData: one(4, 'packed'),
  int32Data: one(5, 'packed'),
  stringData: many(6, 'bytes'),
  int64Data: one(7, 'packed'),
  name: one(8, 'string', ''),
  rawData: one(9, 'bytes'),
  doubleData: one(10, 'packed'),
  uint64Data: one(11, 'packed'),
  externalData: many(13, () => ENTRY),
  dataLocation: one(14, 'int', 0),
};

const SPARSE_TENSOR: SchemaOf<OnnxSparseTensor> = {
  values: one(1, () => TENSOR),
  indices: one(2, () => TENSOR),
  dims: many(3, 'int'),
};

const VALUE_INFO: SchemaOf<OnnxValueInfo> = {
  name: one(1, 'string', ''),
  type: one(2, () => TYPE),
};

const TYPE: SchemaOf<OnnxType> = { tensor: one(1, () => TENSOR_TYPE) };

const TENSOR_TYPE: Schema = {
  elementType: one(1, 'int', 0),
  shape: one(2, () => SHAPE),
};

const SHAPE: Schema = { dims: many(1, () => DIMENSION) };

const DIMENSION: SchemaOf<OnnxDimension> = {
  size: one(1, 'int'),
  symbol: one(2, 'string'),
};
