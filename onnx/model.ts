/**
 * An ONNX model as plain data. Names follow onnx.proto; lists have a plural name.
 *
 * Fields that this project does not use stay in `unread`, as the bytes they were read from, so that
 * writing a model keeps them.
 *
 * @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
export interface OnnxModel {
  readonly irVersion: number;
  readonly producerName: string;
  readonly producerVersion: string;
  readonly graph: OnnxGraph;
  readonly opsetImports: readonly OperatorSet[];
  readonly metadata: readonly MetadataEntry[];
  /** FunctionProto messages, not decoded. */
  readonly functions: readonly Uint8Array[];
  readonly unread: readonly Uint8Array[];
}

export interface OperatorSet {
  /** Empty for ONNX's own operators. */
  readonly domain: string;
  readonly version: number;
  readonly unread: readonly Uint8Array[];
}

export interface MetadataEntry {
  readonly key: string;
  readonly value: string;
  readonly unread: readonly Uint8Array[];
}

export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  readonly sparseInitializers: readonly OnnxSparseTensor[];
  readonly inputs: readonly OnnxValueInfo[];
  readonly outputs: readonly OnnxValueInfo[];
  readonly valueInfos: readonly OnnxValueInfo[];
  readonly unread: readonly Uint8Array[];
}

export interface OnnxNode {
  readonly name: string;
  readonly opType: string;
  /** Empty for ONNX's own operators. */
  readonly domain: string;
  /** An empty name is an optional input that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: readonly OnnxAttribute[];
  readonly unread: readonly Uint8Array[];
}

/** The property that holds the value is given by `type`, one of `ATTRIBUTE_TYPE`. */
export interface OnnxAttribute {
  readonly name: string;
  readonly type: number;
  readonly float?: number;
  /** Exact for all 64 bits: Slice uses the largest of them as "to the end". */
  readonly int?: bigint;
  /** UTF-8 */
  readonly string?: Uint8Array;
  readonly tensor?: OnnxTensor;
  readonly graph?: OnnxGraph;
  readonly sparseTensor?: OnnxSparseTensor;
  readonly floats: readonly number[];
  readonly ints: readonly bigint[];
  readonly strings: readonly Uint8Array[];
  readonly tensors: readonly OnnxTensor[];
  readonly graphs: readonly OnnxGraph[];
  readonly sparseTensors: readonly OnnxSparseTensor[];
  readonly unread: readonly Uint8Array[];
}

export const ATTRIBUTE_TYPE = {
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  graph: 5,
  floats: 6,
  ints: 7,
  strings: 8,
  tensors: 9,
  graphs: 10,
} as const;

/** A constant. Its values are in one of the data fields, or in another file. */
export interface OnnxTensor {
  readonly name: string;
  readonly dims: readonly number[];
  /** One of `DATA_TYPE`, or a number that this project does not know. */
  readonly dataType: number;
  /** Little-endian values; a view of the bytes that were read. */
  readonly rawData?: Uint8Array;
  /** Packed values, not decoded: 4 or 8 bytes each, or varints. */
  readonly floatData?: Uint8Array;
  readonly int32Data?: Uint8Array;
  readonly int64Data?: Uint8Array;
  readonly doubleData?: Uint8Array;
  readonly uint64Data?: Uint8Array;
  readonly stringData: readonly Uint8Array[];
  /** Where the values are when `dataLocation` is `EXTERNAL`: location, offset, length. */
  readonly externalData: readonly MetadataEntry[];
  readonly dataLocation: number;
  readonly unread: readonly Uint8Array[];
}

/** TensorProto.DataLocation */
export const EXTERNAL = 1;

export interface OnnxSparseTensor {
  readonly values?: OnnxTensor;
  readonly indices?: OnnxTensor;
  readonly dims: readonly number[];
  readonly unread: readonly Uint8Array[];
}

/** The name of a tensor and what is declared of it. */
export interface OnnxValueInfo {
  readonly name: string;
  readonly type?: OnnxType;
  readonly unread: readonly Uint8Array[];
}

/** Sequences, maps and optionals have no `tensor`; they stay in `unread`. */
export interface OnnxType {
  readonly tensor?: {
    readonly elementType: number;
    /** Absent when even the rank is free. */
    readonly shape?: {
      readonly dims: readonly OnnxDimension[];
      readonly unread: readonly Uint8Array[];
    };
    readonly unread: readonly Uint8Array[];
  };
  readonly unread: readonly Uint8Array[];
}

/** A size, or the name of a size that is free; neither where it is free and has no name. */
export interface OnnxDimension {
  readonly size?: number;
  readonly symbol?: string;
  readonly unread: readonly Uint8Array[];
}

/** TensorProto.DataType */
export const DATA_TYPE = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  complex64: 14,
  complex128: 15,
  bfloat16: 16,
  float8e4m3fn: 17,
  float8e4m3fnuz: 18,
  float8e5m2: 19,
  float8e5m2fnuz: 20,
  uint4: 21,
  int4: 22,
  float4e2m1: 23,
} as const;

export type DataTypeName = keyof typeof DATA_TYPE;
