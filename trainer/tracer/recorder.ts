import { createHash } from 'node:crypto';
import type { WeightType } from '../../contract/card.ts';
import {
  makeGraph,
  makeNode,
  makeTensor,
  makeValueInfo,
  type AttributeValue,
} from '../../onnx/build.ts';
import {
  DATA_TYPE,
  type OnnxGraph,
  type OnnxNode,
  type OnnxTensor,
  type OnnxValueInfo,
} from '../../onnx/model.ts';
import { moveScales } from './move-scales.ts';
import { SymbolicSizes } from './symbolic-sizes.ts';

/** Types that graphs compute with. */
export type ElementType = 'float32' | 'int32' | 'int64' | 'bool';

/** A tensor of the graph under construction. */
export interface Value {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: ElementType;
  /** Set when every element is known to be this number. */
  readonly uniform?: number | undefined;
  /** Set on the result of a transposition: what was transposed, and how. */
  readonly transposed?: { readonly from: Value; readonly perm: readonly number[] };
  /** Set on the result of a reshape: what was reshaped. */
  readonly reshaped?: Value;
}

type Attributes = Readonly<Record<string, AttributeValue>>;

/** Collects ONNX nodes. Of TensorFlow.js it knows only that shapes are numbers. */
export class GraphRecorder {
  readonly #nodes: OnnxNode[] = [];
  readonly #constants = new Map<string, OnnxTensor>();
  readonly #inputs: OnnxValueInfo[] = [];
  readonly #outputs: OnnxValueInfo[] = [];
  readonly #weights = new Set<string>();
  /** Names of values whose shape does not depend on a symbolic dimension. */
  readonly #static = new Set<string>();
  readonly #sizes = new SymbolicSizes();
  /** The names of int64 tensors that were made for sizes and shapes. */
  readonly #shapeTensors = new Map<string, string>();
  #serial = 0;

  /** Declares a graph input; a string dimension is symbolic. */
  input(name: string, type: ElementType, dimensions: readonly (number | string)[]): Value {
    const shape = this.#sizes.declare(name, dimensions, (axis) =>
      this.#only('Shape', [name], { start: axis, end: axis + 1 }),
    );
    this.#inputs.push(makeValueInfo(name, DATA_TYPE[type], dimensions));
    return this.#value(name, shape, type);
  }

  output(name: string, value: Value): void {
    this.#nodes.push(makeNode('Identity', [value.name], [name]));
    const dimensions = value.shape.map(
      (size, axis) => this.#sizes.describe(size) ?? `${name}_${axis}`,
    );
    this.#outputs.push(makeValueInfo(name, DATA_TYPE[value.type], dimensions));
  }

  /** Adds a node and returns the names of its outputs. */
  node(
    op: string,
    inputs: readonly string[],
    attributes: Attributes = {},
    outputCount = 1,
  ): string[] {
    const outputs = Array.from({ length: outputCount }, () => `v${this.#serial++}`);
    this.#nodes.push(makeNode(op, inputs, outputs, { attributes }));
    return outputs;
  }

  /** Adds a node with an output of each shape. */
  values(
    op: string,
    inputs: readonly (Value | string)[],
    shapes: readonly (readonly number[])[],
    type: ElementType,
    attributes: Attributes = {},
  ): Value[] {
    const names = inputs.map((input) => (typeof input === 'string' ? input : input.name));
    const outputs = this.node(op, names, attributes, shapes.length);
    return shapes.map((shape, index) => this.#value(outputs[index] ?? '', shape, type));
  }

  /** Adds a node with one output. */
  value(
    op: string,
    inputs: readonly (Value | string)[],
    shape: readonly number[],
    type: ElementType,
    attributes: Attributes = {},
  ): Value {
    const names = inputs.map((input) => (typeof input === 'string' ? input : input.name));
    return this.#value(this.#only(op, names, attributes), shape, type);
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
    const digest = createHash('sha256').update(bytes).digest('hex');
    const key = `${type} ${shape.join()} ${digest}`;
    const known = this.#constants.get(key);
    if (known) return known.name;
    const { name } = this.#value(`c${this.#serial++}`, shape, type);
    this.#constants.set(key, makeTensor(name, type, shape, bytes));
    return name;
  }

  /** A named tensor to be stored with the graph: a weight. Half precision is widened before use. */
  weight(weight: { name: string; shape: readonly number[]; type: WeightType }): Value {
    const { name, shape, type } = weight;
    this.#sizes.refuseAmbiguous(shape, name);
    this.#weights.add(name);
    if (type === 'float32') return this.#value(name, shape, 'float32');
    return this.value('Cast', [name], shape, 'float32', { to: DATA_TYPE.float32 });
  }

  /** Whether a shape depends on a symbolic dimension. */
  isSymbolic(shape: readonly number[]): boolean {
    return shape.some((size) => this.#sizes.isSymbolic(size));
  }

  /**
   * The name of an int64 tensor that holds `shape` at run time.
   *
   * @param inferOne for Reshape, whose one unknown dimension ONNX infers from -1
   */
  shapeTensor(shape: readonly number[], inferOne = false): string {
    const symbolic = shape.filter((size) => this.#sizes.isSymbolic(size)).length;
    if (symbolic === 0 || (inferOne && symbolic === 1)) {
      const sizes = shape.map((size) => BigInt(this.#sizes.isSymbolic(size) ? -1 : size));
      return this.constant(sizes, [sizes.length]);
    }
    return this.#once(`shape ${shape.join()}`, () =>
      this.#only(
        'Concat',
        shape.map((size) => this.#sizeTensor(size)),
        { axis: 0 },
      ),
    );
  }

  /** The graph without what no output needs, such as the gradient of an unused branch. */
  finish(name: string): OnnxGraph {
    const recorded = makeGraph({
      name,
      nodes: this.#nodes,
      initializers: [...this.#constants.values()],
      inputs: this.#inputs,
      outputs: this.#outputs,
    });
    const isStatic = (value: string) => this.#static.has(value);
    return withoutUnused(moveScales(withoutUnused(recorded), isStatic, this.#weights));
  }

  #value(name: string, shape: readonly number[], type: ElementType): Value {
    if (!this.isSymbolic(shape)) this.#static.add(name);
    return { name, shape, type };
  }

  #only(op: string, inputs: readonly string[], attributes: Attributes = {}): string {
    return this.node(op, inputs, attributes)[0] ?? '';
  }

  /** int64 tensor of one element: the run-time size of a dimension. */
  #sizeTensor(size: number): string {
    return this.#once(`size ${size}`, () => {
      const { factor, symbols } = this.#sizes.factorise(size);
      const factors = symbols.map(({ tensor }) => tensor);
      if (factor !== 1 || factors.length === 0) factors.push(this.constant([BigInt(factor)], [1]));
      return factors.reduce((product, next) => this.#only('Mul', [product, next]));
    });
  }

  #once(key: string, make: () => string): string {
    const known = this.#shapeTensors.get(key) ?? make();
    this.#shapeTensors.set(key, known);
    return known;
  }
}

function withoutUnused(graph: OnnxGraph): OnnxGraph {
  const used = new Set(graph.outputs.map(({ name }) => name));
  const nodes = graph.nodes
    .toReversed()
    .filter(({ inputs, outputs }) => {
      const needed = outputs.some((output) => used.has(output));
      if (needed) for (const input of inputs) used.add(input);
      return needed;
    })
    .toReversed();
  return {
    ...graph,
    nodes,
    initializers: graph.initializers.filter(({ name }) => used.has(name)),
    inputs: graph.inputs.filter(({ name }) => used.has(name)),
  };
}
