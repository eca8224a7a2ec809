import type { GraphRecorder, Value } from '../recorder.ts';
import { TraceError } from '../trace-error.ts';

/** What a kernel records: inputs and attributes have the names that TensorFlow.js 4 gives them. */
export type Kernel = (context: KernelContext) => Value | Value[];

/** One call of a kernel. */
export class KernelContext {
  constructor(
    readonly recorder: GraphRecorder,
    private readonly named: Readonly<Record<string, Value>>,
    private readonly given: object,
  ) {}

  input(name: string): Value {
    const value = this.named[name];
    if (!value) throw new TraceError(`a kernel has no input ${name}`);
    return value;
  }

  /** The inputs of a kernel that takes a list. */
  list(): readonly [Value, ...Value[]] {
    const [first, ...rest] = Object.values(this.named);
    if (!first) throw new TraceError('a kernel has no inputs');
    return [first, ...rest];
  }

  /** @typeParam Attributes the interface that TensorFlow.js has for this kernel */
  attributes<Attributes extends object>(): Attributes {
    return this.given as Attributes;
  }
}

/** An axis counted from the first, where negative ones are counted from the last. */
export const axisOf = (axis: number, { shape }: Value): number =>
  axis < 0 ? axis + shape.length : axis;

export const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((size, axis) => size === b[axis]);

/** The size along an axis, which TensorFlow.js has checked to be there. */
export function sizeAt(shape: readonly number[], axis: number): number {
  const size = shape.at(axis);
  if (size === undefined) throw new TraceError(`the shape [${shape.join()}] has no axis ${axis}`);
  return size;
}

/** The shape with another size along one axis. */
export const withSize = (shape: readonly number[], axis: number, size: number): number[] =>
  shape.map((old, place) => (place === axis ? size : old));

/** Numpy broadcasting of two shapes that TensorFlow.js has already checked. */
export function broadcast(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    return left === 1 ? right : left;
  });
}
