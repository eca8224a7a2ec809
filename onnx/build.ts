import {
  ATTRIBUTE_TYPE,
  DATA_TYPE,
  type DataTypeName,
  type OnnxAttribute,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
  type OnnxValueInfo,
} from './model.ts';

/** Makes the parts of a model that is written from nothing, or added to one that was read. */

/** A plain number is an integer. */
export type AttributeValue =
  | number
  | string
  | readonly number[]
  | { readonly float: number }
  | { readonly tensor: OnnxTensor }
  | { readonly graph: OnnxGraph };

export interface NodeOptions {
  readonly name?: string;
  readonly domain?: string;
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
}

export function makeNode(
  opType: string,
  inputs: readonly string[],
  outputs: readonly string[],
  { name = '', domain = '', attributes = {} }: NodeOptions = {},
): OnnxNode {
  return {
    name,
    opType,
    domain,
    inputs,
    outputs,
    attributes: Object.entries(attributes).map(([key, value]) => makeAttribute(key, value)),
    unread: [],
  };
}

function makeAttribute(name: string, value: AttributeValue): OnnxAttribute {
  const lists = { floats: [], ints: [], strings: [], tensors: [], graphs: [], sparseTensors: [] };
  const attribute = { name, ...lists, unread: [] };
  if (typeof value === 'number') {
    return { ...attribute, type: ATTRIBUTE_TYPE.int, int: BigInt(value) };
  }
  if (typeof value === 'string') {
    const string = new TextEncoder().encode(value);
    return { ...attribute, type: ATTRIBUTE_TYPE.string, string };
  }
  if ('float' in value) return { ...attribute, type: ATTRIBUTE_TYPE.float, float: value.float };
  if ('tensor' in value) return { ...attribute, type: ATTRIBUTE_TYPE.tensor, tensor: value.tensor };
  if ('graph' in value) return { ...attribute, type: ATTRIBUTE_TYPE.graph, graph: value.graph };
  return { ...attribute, type: ATTRIBUTE_TYPE.ints, ints: value.map(BigInt) };
}

/** @param values little-endian, as many as `dims` says */
export function makeTensor(
  name: string,
  type: DataTypeName,
  dims: readonly number[],
  values: ArrayBufferView,
): OnnxTensor {
  return {
    name,
    dims,
    dataType: DATA_TYPE[type],
    rawData: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
    stringData: [],
    externalData: [],
    dataLocation: 0,
    unread: [],
  };
}

/** @param dims sizes, and the names of sizes that are free */
export function makeValueInfo(
  name: string,
  elementType: number,
  dims: readonly (number | string)[],
): OnnxValueInfo {
  const dimensions = dims.map((dim) =>
    typeof dim === 'number' ? { size: dim, unread: [] } : { symbol: dim, unread: [] },
  );
  const tensor = { elementType, shape: { dims: dimensions, unread: [] }, unread: [] };
  return { name, type: { tensor, unread: [] }, unread: [] };
}

export function makeGraph(
  parts: Pick<OnnxGraph, 'nodes' | 'inputs' | 'outputs'> & Partial<OnnxGraph>,
): OnnxGraph {
  return {
    name: '',
    initializers: [],
    sparseInitializers: [],
    valueInfos: [],
    unread: [],
    ...parts,
  };
}

/** @param opsetVersion of ONNX's own operators */
export function makeModel(graph: OnnxGraph, opsetVersion: number): OnnxModel {
  return {
    irVersion: 8,
    producerName: 'bindscope',
    producerVersion: '',
    graph,
    opsetImports: [{ domain: '', version: opsetVersion, unread: [] }],
    metadata: [],
    functions: [],
    unread: [],
  };
}
