import type * as tf from '@tensorflow/tfjs';
import { DATA_TYPE } from '../../../onnx/model.ts';
import type { ElementType } from '../recorder.ts';
import { TraceError } from '../trace-error.ts';
import { broadcast, sameShape, type Kernel } from './context.ts';

/** Kernels that compute each element by itself. */

export function unary(op: string): Kernel {
  return (context) => {
    const x = context.input('x');
    return context.recorder.value(op, [x], x.shape, x.type);
  };
}

/** @param neutral the number that changes nothing as an operand, so that no node is needed */
export function elementwise(op: string, neutral?: number): Kernel {
  return (context) => {
    const [a, b] = [context.input('a'), context.input('b')];
    const shape = broadcast(a.shape, b.shape);
    if (neutral !== undefined) {
      if (a.uniform === neutral && sameShape(b.shape, shape)) return b;
      if (b.uniform === neutral && sameShape(a.shape, shape)) return a;
    }
    return context.recorder.value(op, [a, b], shape, a.type);
  };
}

export function comparison(op: string): Kernel {
  return (context) => {
    const [a, b] = [context.input('a'), context.input('b')];
    return context.recorder.value(op, [a, b], broadcast(a.shape, b.shape), 'bool');
  };
}

export const square: Kernel = (context) => {
  const x = context.input('x');
  return context.recorder.value('Mul', [x, x], x.shape, x.type);
};

/** Kernel `AddN`. */
export const sumOfAll: Kernel = (context) => {
  const terms = context.list();
  return context.recorder.value('Sum', terms, terms[0].shape, terms[0].type);
};

export const cast: Kernel = (context) => {
  const x = context.input('x');
  const { dtype } = context.attributes<tf.CastAttrs>();
  if (dtype === x.type) return x;
  const type = CASTABLE.find((castable) => castable === dtype);
  if (!type) throw new TraceError(`a cast to ${dtype} cannot be traced to ONNX`);
  return context.recorder.value('Cast', [x], x.shape, type, { to: DATA_TYPE[type] });
};

const CASTABLE: readonly ElementType[] = ['float32', 'int32', 'bool'];

export const oneHot: Kernel = (context) => {
  const { depth, onValue, offValue } = context.attributes<tf.OneHotAttrs>();
  const { recorder } = context;
  const indices = context.input('indices');
  const count = recorder.constant(Int32Array.of(depth), [1]);
  const values = recorder.constant(Float32Array.of(offValue, onValue), [2]);
  const shape = [...indices.shape, depth];
  return recorder.value('OneHot', [indices, count, values], shape, 'float32', { axis: -1 });
};
