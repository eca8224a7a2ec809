import Pbf from 'pbf';

/** What must be known of an ONNX file before it is opened; field numbers are those of onnx.proto. */
export interface OnnxHeader {
  /** Inputs that are not weights. */
  readonly inputs: readonly OnnxIo[];
  readonly outputs: readonly string[];
  readonly nodes: readonly OnnxOperation[];
  /** Files beside it that hold weights. */
  readonly external: readonly string[];
}

export interface OnnxIo {
  readonly name: string;
  /** TensorProto.DataType; 1 is float32. */
  readonly type: number;
  /** A number, or the name of a size that is free. */
  readonly shape: readonly (number | string)[];
}

export interface OnnxOperation {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** TensorProto.DataLocation */
const EXTERNAL = 1;

/** @throws Error when the bytes are no ONNX model */
export function readOnnxHeader(bytes: Uint8Array): OnnxHeader {
  const inputs: OnnxIo[] = [];
  const outputs: string[] = [];
  const nodes: OnnxOperation[] = [];
  const weights = new Set<string>();
  const external = new Set<string>();
  const graph = (tag: number, _: null, pbf: Pbf) => {
    if (tag === 1) nodes.push(readOperation(pbf));
    if (tag === 5) {
      const { name, location } = readWeight(pbf);
      weights.add(name);
      if (location !== undefined) external.add(location);
    }
    if (tag === 11) inputs.push(readIo(pbf));
    if (tag === 12) outputs.push(readIo(pbf).name);
  };
  new Pbf(bytes).readFields((tag, _: null, pbf) => {
    if (tag === 7) pbf.readMessage(graph, null);
  }, null);
  if (nodes.length === 0 || outputs.length === 0) throw new Error('it holds no graph');
  const fed = inputs.filter(({ name }) => !weights.has(name));
  return { inputs: fed, outputs, nodes, external: [...external] };
}

/** The model with one more output: protobuf merges the parts of a message that stand one after another. */
export function withOutput(bytes: Uint8Array, name: string): Uint8Array {
  const pbf = new Pbf();
  pbf.writeMessage(
    7,
    (output: string, graph) => {
      graph.writeMessage(
        12,
        (text: string, value) => {
          value.writeStringField(1, text);
        },
        output,
      );
    },
    name,
  );
  return Buffer.concat([bytes, pbf.finish()]);
}

function readOperation(pbf: Pbf): OnnxOperation {
  const read = { op: '', inputs: [] as string[], outputs: [] as string[] };
  return pbf.readMessage((tag, node: typeof read, from) => {
    if (tag === 1) node.inputs.push(from.readString());
    if (tag === 2) node.outputs.push(from.readString());
    if (tag === 4) node.op = from.readString();
  }, read);
}

function readWeight(pbf: Pbf): { name: string; location?: string } {
  const read = { name: '', stored: 0, entries: new Map<string, string>() };
  const { name, stored, entries } = pbf.readMessage((tag, tensor: typeof read, from) => {
    if (tag === 8) tensor.name = from.readString();
    if (tag === 14) tensor.stored = from.readVarint();
    if (tag === 13) {
      const entry = from.readMessage(
        (part, pair: string[], inner) => {
          if (part === 1 || part === 2) pair[part - 1] = inner.readString();
        },
        ['', ''],
      );
      tensor.entries.set(entry[0], entry[1]);
    }
  }, read);
  const location = entries.get('location');
  return stored === EXTERNAL && location !== undefined ? { name, location } : { name };
}

function readIo(pbf: Pbf): OnnxIo {
  const read = { name: '', type: 0, shape: [] as (number | string)[] };
  const dimension = (tag: number, shape: (number | string)[], pbfOfOne: Pbf) => {
    if (tag === 1) shape[shape.length - 1] = pbfOfOne.readVarint(true);
    if (tag === 2) shape[shape.length - 1] = pbfOfOne.readString();
  };
  return pbf.readMessage((tag, io: typeof read, from) => {
    if (tag === 1) io.name = from.readString();
    if (tag === 2) {
      from.readMessage((kind, _: null, type) => {
        if (kind !== 1) return; // tensor_type
        type.readMessage((field, __: null, tensor) => {
          if (field === 1) io.type = tensor.readVarint();
          if (field === 2) {
            tensor.readMessage((part, ___: null, shape) => {
              if (part !== 1) return;
              io.shape.push('?');
              shape.readMessage(dimension, io.shape);
            }, null);
          }
        }, null);
      }, null);
    }
  }, read);
}
