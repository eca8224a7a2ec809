import type { WeightType } from '../../contract/card.ts';
import {
  DATA_TYPE,
  type Attribute,
  type ElementType,
  type OnnxGraph,
  type OnnxNode,
  type OnnxTensor,
  type OnnxValue,
} from './onnx.ts';

/**
 * TensorFlow.js shapes are numbers, so while tracing each symbolic dimension is played by a prime
 * that divides no other dimension: a size of 101 * 103 can then only be batch * length. The primes
 * are no larger because some tfjs ops fill real arrays of their shape.
 */
const PRIMES = [101, 103, 107, 109, 113] as const;

/** A tensor of the graph under construction. */
export interface Value {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: ElementType;
  /** Set when every element is known to be this number. */
  readonly uniform?: number;
  /** Set on the result of a transposition: what was transposed, and how. */
  readonly transposed?: { readonly from: Value; readonly perm: readonly number[] };
}

/** Thrown for what cannot be traced; the message names the op and the line that used it. */
export class TraceError extends Error {
  override readonly name = 'TraceError';
}

/** Collects ONNX nodes; knows nothing of TensorFlow.js beyond its habit of numeric shapes. */
export class GraphRecorder {
  readonly #nodes: OnnxNode[] = [];
  readonly #constants: OnnxTensor[] = [];
  readonly #inputs: OnnxValue[] = [];
  readonly #outputs: OnnxValue[] = [];
  readonly #symbols = new Map<string, { prime: number; size?: string }>();
  readonly #shapes = new Map<string, string>();
  /** Lengths of flat vectors: any number at all, yet known not to be symbolic. */
  readonly #flatSizes = new Set<number>();
  #serial = 0;

  /** The number that stands for a symbolic dimension in shapes given to tfjs. */
  symbol(name: string): number {
    const known = this.#symbols.get(name);
    if (known) return known.prime;
    const prime = PRIMES[this.#symbols.size];
    if (prime === undefined) throw new TraceError(`more than ${PRIMES.length} symbolic dimensions`);
    this.#symbols.set(name, { prime });
    return prime;
  }

  /** Declares a graph input; a string dimension is symbolic. */
  input(name: string, type: ElementType, dimensions: readonly (number | string)[]): Value {
    const shape = dimensions.map((d) => (typeof d === 'string' ? this.symbol(d) : d));
    if (dimensions.length === 1 && typeof dimensions[0] === 'number') {
      this.#flatSizes.add(dimensions[0]);
    }
    dimensions.forEach((dimension, axis) => {
      if (typeof dimension === 'number') {
        this.#refuseAmbiguous(dimension, name);
        return;
      }
      const entry = this.#symbols.get(dimension);
      if (entry && entry.size === undefined) {
        const shapeOf = this.node('Shape', [name], { start: axis, end: axis + 1 }, 1)[0];
        entry.size = shapeOf;
      }
    });
    this.#inputs.push({ name, type, shape: dimensions });
    return { name, shape, type };
  }

  output(name: string, value: Value): void {
    this.#nodes.push({ op: 'Identity', inputs: [value.name], outputs: [name], attributes: {} });
    const shape = value.shape.map((size, axis) => {
      const symbols = this.#symbolsIn(size);
      if (symbols.length === 0) return size;
      return symbols.length === 1 && size === this.symbol(symbols[0])
        ? symbols[0]
        : `${name}_${axis}`;
    });
    this.#outputs.push({ name, type: value.type, shape });
  }

  /** Adds a node and returns the names of its outputs. */
  node(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    outputCount = 1,
  ): string[] {
    const outputs = Array.from({ length: outputCount }, () => `v${this.#serial++}`);
    this.#nodes.push({ op, inputs, outputs, attributes });
    return outputs;
  }

  /** A constant of static shape; equal ones are one. */
  constant(
    values: Float32Array | Int32Array | readonly bigint[],
    shape: readonly number[],
  ): string {
    const typed = ArrayBuffer.isView(values) ? values : BigInt64Array.from(values);
    const type =
      typed instanceof Float32Array ? 'float32' : typed instanceof Int32Array ? 'int32' : 'int64';
    const bytes = new Uint8Array(typed.buffer, typed.byteOffset, typed.byteLength).slice();
    const known = this.#constants.find(
      (other) =>
        other.type === type &&
        other.shape.join() === shape.join() &&
        Buffer.compare(other.bytes, bytes) === 0,
    );
    if (known) return known.name;
    const name = `c${this.#serial++}`;
    this.#constants.push({ name, type, shape, bytes });
    return name;
  }

  /** A named tensor to be stored with the graph: a weight. Half precision is widened before use. */
  weight({
    name,
    shape,
    type,
  }: {
    name: string;
    shape: readonly number[];
    type: WeightType;
  }): Value {
    shape.forEach((size) => {
      this.#refuseAmbiguous(size, name);
    });
    const wide =
      type === 'float32' ? name : this.node('Cast', [name], { to: DATA_TYPE.float32 })[0];
    return { name: wide, shape, type: 'float32' };
  }

  /** Whether a shape depends on a symbolic dimension. */
  isSymbolic(shape: readonly number[]): boolean {
    return shape.some((size) => this.#symbolsIn(size).length > 0);
  }

  /**
   * The name of an int64 tensor that holds `shape` at run time.
   *
   * @param inferOne for Reshape, whose one unknown dimension ONNX infers from -1
   */
  shapeTensor(shape: readonly number[], inferOne = false): string {
    const symbolic = shape.filter((size) => this.#symbolsIn(size).length > 0).length;
    if (symbolic === 0 || (inferOne && symbolic === 1)) {
      const sizes = shape.map((size) => BigInt(this.#symbolsIn(size).length > 0 ? -1 : size));
      return this.#cached(`static ${sizes.join()}`, () => this.constant(sizes, [sizes.length]));
    }
    return this.#cached(`dynamic ${shape.join()}`, () => {
      const parts = shape.map((size) => this.#sizeTensor(size));
      return parts.length === 1 ? parts[0] : this.node('Concat', parts, { axis: 0 })[0];
    });
  }

  finish(name: string): OnnxGraph {
    const used = new Set(this.#outputs.map((output) => output.name));
    // What nothing needs is dropped: the gradient of an unused branch, a shape never asked for.
    const nodes = this.#nodes
      .toReversed()
      .filter((node) => {
        const needed = node.outputs.some((output) => used.has(output));
        if (needed) node.inputs.forEach((input) => used.add(input));
        return needed;
      })
      .toReversed();
    return {
      name,
      nodes,
      constants: this.#constants.filter((constant) => used.has(constant.name)),
      inputs: this.#inputs.filter((input) => used.has(input.name)),
      outputs: this.#outputs,
    };
  }

  /** int64 tensor of one element: the run-time size of a dimension. */
  #sizeTensor(size: number): string {
    return this.#cached(`size ${size}`, () => {
      const symbols = this.#symbolsIn(size);
      const rest = symbols.reduce((left, symbol) => left / this.symbol(symbol), size);
      const factors = symbols.map((symbol) => {
        const source = this.#symbols.get(symbol)?.size;
        if (source === undefined) throw new TraceError(`no input has the dimension ${symbol}`);
        return source;
      });
      if (rest !== 1 || factors.length === 0) factors.push(this.constant([BigInt(rest)], [1]));
      return factors.reduce((product, factor) => this.node('Mul', [product, factor])[0]);
    });
  }

  #symbolsIn(size: number): string[] {
    if (this.#flatSizes.has(size)) return [];
    return [...this.#symbols]
      .filter(([, { prime }]) => size > 0 && size % prime === 0)
      .map(([name]) => name);
  }

  #refuseAmbiguous(size: number, where: string): void {
    const prime = PRIMES.find((candidate) => size > 0 && size % candidate === 0);
    if (this.#flatSizes.has(size)) return;
    if (prime !== undefined) {
      throw new TraceError(
        `a dimension of ${size} (${where}) cannot be traced: it is a multiple of ${prime}, which ` +
          `stands for a symbolic dimension; multiples of ${PRIMES.join(', ')} are taken`,
      );
    }
  }

  #cached(key: string, make: () => string): string {
    const known = this.#shapes.get(key);
    if (known !== undefined) return known;
    const made = make();
    this.#shapes.set(key, made);
    return made;
  }
}
