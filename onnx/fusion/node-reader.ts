import { intAttribute, intsAttribute } from '../attributes.ts';
import type { OnnxNode } from '../model.ts';
import type { Constants, FloatConstant } from './constants.ts';

/** A graph is not the one that is looked for. */
export class Mismatch extends Error {}

export function require(condition: boolean): asserts condition {
  if (!condition) throw new Mismatch();
}

export function requireShape({ dims }: FloatConstant, expected: readonly number[]): void {
  require(dims.join() === expected.join());
}

/**
 * Reads nodes of a graph by the tensor that they compute. Each method requires the node to be what it is named after.
 * Tensors are [rows, tokens, width] or, flat, [rows * tokens, width].
 *
 * All methods throw Mismatch where the graph has something else.
 */
export class NodeReader {
  constructor(
    protected readonly producers: ReadonlyMap<string, OnnxNode>,
    private readonly constants: Constants,
  ) {}

  protected node(output: string, opType?: string): OnnxNode {
    const node = this.producers.get(output);
    require(node?.domain === '' && (opType === undefined || node.opType === opType));
    return node;
  }

  protected inputOf(output: string, opType: string): string {
    return this.node(output, opType).inputs[0] ?? '';
  }

  protected split(output: string, axis: number) {
    const node = this.node(output, 'Split');
    require(intAttribute(node, 'axis') === axis);
    const [input = '', sizes = ''] = node.inputs;
    return { input, outputs: node.outputs, sizes: this.constants.integers(sizes) ?? [] };
  }

  /** The tensor that a Transpose with these axes reads. */
  protected transposed(output: string, axes: readonly number[]): string {
    const node = this.node(output, 'Transpose');
    require(intsAttribute(node, 'perm')?.join() === axes.join());
    return node.inputs[0] ?? '';
  }

  /** The tensor behind reshapes to [rows * tokens, width] and [rows, tokens, width], which keep the order of values. */
  protected flat(output: string, width: number): string {
    if (this.producers.get(output)?.opType !== 'Reshape') return output;
    const { input, sizes } = this.reshape(output);
    require(sizes === `-1,${width}` || sizes === `rows,tokens,${width}`);
    return this.flat(input, width);
  }

  /** The tensor behind a reshape of [rows, tokens] to [rows * tokens]. */
  protected list(output: string): string {
    if (this.producers.get(output)?.opType !== 'Reshape') return output;
    const { input, sizes } = this.reshape(output);
    require(sizes === '-1');
    return input;
  }

  /** What a Reshape reads, and the sizes that it gives, such as "rows,tokens,192". */
  protected reshape(output: string): { input: string; sizes: string } {
    const [input = '', shape = ''] = this.node(output, 'Reshape').inputs;
    return { input, sizes: this.#sizes(shape).join() };
  }

  #sizes(shape: string): readonly (number | string)[] {
    const known = this.constants.integers(shape);
    if (known) return known;
    const node = this.node(shape);
    if (node.opType === 'Concat') return node.inputs.flatMap((part) => this.#sizes(part));
    const [start, end] = [intAttribute(node, 'start'), intAttribute(node, 'end')];
    require(node.opType === 'Shape' && node.inputs[0] === 'tokens');
    require(start !== undefined && end === start + 1);
    return [start === 0 ? 'rows' : 'tokens'];
  }

  protected constant(name: string): FloatConstant {
    const constant = this.constants.floats(name);
    require(constant !== undefined);
    return constant;
  }

  protected scalar(name: string): number {
    const { values } = this.constant(name);
    require(values.length === 1);
    return values[0] ?? NaN;
  }
}
