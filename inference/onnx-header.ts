import Pbf from 'pbf';

/** What must be known of an ONNX file before it is opened; field numbers are those of onnx.proto. */
export interface OnnxHeader {
  /** Inputs that are not weights. */
  readonly inputs: readonly OnnxIo[];
  readonly outputs: readonly string[];
  readonly nodes: readonly OnnxOperation[];
  /** Files beside it that hold weights, wherever in the graph it says so. */
  readonly external: readonly string[];
  /** Functions of its own, which could be called like any operator. */
  readonly functions: number;
}

export interface OnnxIo {
  readonly name: string;
  /** TensorProto.DataType; 1 is float32. */
  readonly type: number;
  /** A number, or the name of a size that is free. */
  readonly shape: readonly (number | string)[];
}

/** A node, of the graph or of one inside another node: branches, bodies of loops. */
export interface OnnxOperation {
  readonly op: string;
  /** Empty for ONNX's own operators. */
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** TensorProto.DataLocation */
const EXTERNAL = 1;

type Reader<T> = (tag: number, result: T, pbf: Pbf) => void;

/** pbf reads on behind the end of what is cut off, where everything is zero, and may do so for ever. */
const within =
  <T>(read: Reader<T>): Reader<T> =>
  (tag, result, pbf) => {
    if (pbf.pos > pbf.length) throw new Error('it breaks off');
    read(tag, result, pbf);
  };

/** What a file is found to hold while it is read. */
class Contents {
  readonly inputs: OnnxIo[] = [];
  readonly outputs: string[] = [];
  readonly nodes: OnnxOperation[] = [];
  readonly weights = new Set<string>();
  readonly external = new Set<string>();
  functions = 0;

  readonly readModel: Reader<null> = within((tag, _, pbf) => {
    if (tag === 7) pbf.readMessage(this.#readGraph, null);
    if (tag === 25) this.functions += 1;
  });

  readonly #readGraph: Reader<null> = within((tag, _, pbf) => {
    if (tag === 1) this.#readNode(pbf);
    if (tag === 5) this.weights.add(this.#readTensor(pbf));
    if (tag === 15) pbf.readMessage(this.#readSparse, null);
    if (tag === 11) this.inputs.push(readIo(pbf));
    if (tag === 12) this.outputs.push(readIo(pbf).name);
  });

  /** Inside a node, inputs and outputs are the graph's own affair; operators and weights are not. */
  readonly #readInnerGraph: Reader<null> = within((tag, _, pbf) => {
    if (tag === 1) this.#readNode(pbf);
    if (tag === 5) this.#readTensor(pbf);
    if (tag === 15) pbf.readMessage(this.#readSparse, null);
  });

  readonly #readSparse: Reader<null> = within((tag, _, pbf) => {
    if (tag === 1 || tag === 2) this.#readTensor(pbf);
  });

  readonly #readAttribute: Reader<null> = within((tag, _, pbf) => {
    if (tag === 5 || tag === 10) this.#readTensor(pbf);
    if (tag === 6 || tag === 11) pbf.readMessage(this.#readInnerGraph, null);
    if (tag === 22 || tag === 23) pbf.readMessage(this.#readSparse, null);
  });

  #readNode(pbf: Pbf): void {
    const read = { op: '', domain: '', inputs: [] as string[], outputs: [] as string[] };
    const fields = within((tag, node: typeof read, from) => {
      if (tag === 1) node.inputs.push(from.readString());
      if (tag === 2) node.outputs.push(from.readString());
      if (tag === 4) node.op = from.readString();
      if (tag === 5) from.readMessage(this.#readAttribute, null);
      if (tag === 7) node.domain = from.readString();
    });
    this.nodes.push(pbf.readMessage(fields, read));
  }

  /** @returns its name */
  #readTensor(pbf: Pbf): string {
    const read = { name: '', stored: 0, entries: new Map<string, string>() };
    const fields = within((tag, tensor: typeof read, from) => {
      if (tag === 8) tensor.name = from.readString();
      if (tag === 14) tensor.stored = from.readVarint();
      if (tag === 13) {
        const [key, value] = from.readMessage(readEntry, ['', '']);
        tensor.entries.set(key, value);
      }
    });
    const { name, stored, entries } = pbf.readMessage(fields, read);
    const location = entries.get('location');
    if (stored === EXTERNAL || location !== undefined) this.external.add(location ?? '');
    return name;
  }
}

/** @throws Error when the bytes are no ONNX model */
export function readOnnxHeader(bytes: Uint8Array): OnnxHeader {
  const contents = new Contents();
  const pbf = new Pbf(bytes);
  pbf.readFields(contents.readModel, null);
  if (pbf.pos > pbf.length) throw new Error('it breaks off');
  const { inputs, outputs, nodes, weights, external, functions } = contents;
  if (nodes.length === 0 || outputs.length === 0) throw new Error('it holds no graph');
  const fed = inputs.filter(({ name }) => !weights.has(name));
  return { inputs: fed, outputs, nodes, external: [...external], functions };
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
  const output = pbf.finish();
  const whole = new Uint8Array(bytes.length + output.length);
  whole.set(bytes);
  whole.set(output, bytes.length);
  return whole;
}

const readEntry: Reader<[string, string]> = within((tag, pair, pbf) => {
  if (tag === 1 || tag === 2) pair[tag - 1] = pbf.readString();
});

function readIo(pbf: Pbf): OnnxIo {
  const read = { name: '', type: 0, shape: [] as (number | string)[] };
  const dimension = within((tag, shape: (number | string)[], from) => {
    if (tag === 1) shape[shape.length - 1] = from.readVarint(true);
    if (tag === 2) shape[shape.length - 1] = from.readString();
  });
  const dimensions = within((tag, shape: (number | string)[], from) => {
    if (tag !== 1) return;
    shape.push('?');
    from.readMessage(dimension, shape);
  });
  const tensor = within((tag, io: typeof read, from) => {
    if (tag === 1) io.type = from.readVarint();
    if (tag === 2) from.readMessage(dimensions, io.shape);
  });
  const type = within((tag, io: typeof read, from) => {
    if (tag === 1) from.readMessage(tensor, io);
  });
  const value = within((tag, io: typeof read, from) => {
    if (tag === 1) io.name = from.readString();
    if (tag === 2) from.readMessage(type, io);
  });
  return pbf.readMessage(value, read);
}
