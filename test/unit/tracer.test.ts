import { Float16Array } from '@petamoriken/float16';
import * as tf from '@tensorflow/tfjs';
import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { trace } from '../../trainer/tracer/backend.ts';
import { relativeError } from '../support/training.ts';
import type { OnnxGraph } from '../../onnx/model.ts';
import { encodeModel } from '../../trainer/tracer/onnx.ts';

const open = (graph: OnnxGraph) => ort.InferenceSession.create(encodeModel(graph));

async function run(graph: OnnxGraph, feeds: Record<string, ort.Tensor>): Promise<ort.Tensor> {
  const { y } = await (await open(graph)).run(feeds);
  if (!y) throw new Error('the graph has no output y');
  return y;
}

describe('a traced function', () => {
  it('takes any size along its symbolic dimensions', async () => {
    const graph = trace('outer', (tracing) => {
      const x = tracing.input('x', 'float32', ['rows', 'columns', 4]) as tf.Tensor3D;
      const [rows, columns] = x.shape;
      const flat = tf.reshape(x, [rows * columns, 4]);
      tracing.output(
        'y',
        tf.reshape(tf.mul(flat, tf.ones([rows * columns, 4])), [columns, rows, 4]),
      );
    });
    for (const [rows, columns] of [
      [1, 1],
      [3, 7],
      [101, 2],
    ] as const) {
      const data = Float32Array.from({ length: rows * columns * 4 }, (_, i) => i);
      const y = await run(graph, { x: new ort.Tensor('float32', data, [rows, columns, 4]) });
      expect(y.dims).toEqual([columns, rows, 4]);
      expect([...(y.data as Float32Array)]).toEqual([...data]);
    }
  });

  it.each([
    [false, false, [2], 5, 3],
    [false, true, [2], 5, 3],
    [true, false, [2], 5, 3],
    [true, false, [2], 3, 5],
    [true, true, [2], 5, 3],
    [false, true, [], 5, 3],
    [true, false, [], 5, 3],
    [true, false, [], 3, 5],
  ])('multiplies matrices as tfjs does: transposed %s, %s, batch %j', async (a, b, batch, m, n) => {
    const inner = 4;
    const numbers = (shape: number[]) =>
      Float32Array.from({ length: shape.reduce((x, y) => x * y, 1) }, (_, i) => Math.sin(i));
    const left = [...batch, ...(a ? [inner, m] : [m, inner])];
    const right = [...batch, ...(b ? [n, inner] : [inner, n])];
    const graph = trace('product', (tracing) => {
      const one = tracing.input('a', 'float32', left);
      tracing.output('y', tf.matMul(one, tracing.input('b', 'float32', right), a, b));
    });
    const feeds = {
      a: new ort.Tensor('float32', numbers(left), left),
      b: new ort.Tensor('float32', numbers(right), right),
    };
    await tf.setBackend('cpu');
    const eager = tf.matMul(tf.tensor(numbers(left), left), tf.tensor(numbers(right), right), a, b);
    const y = await run(graph, feeds);
    expect(y.dims).toEqual(eager.shape);
    expect(relativeError(y.data as Float32Array, eager.dataSync() as Float32Array)).toBeLessThan(
      1e-6,
    );
  });

  it('joins transpositions that follow one another, but not across a reshape', () => {
    const opsOf = (work: (x: tf.Tensor) => tf.Tensor) =>
      trace('transpositions', (tracing) => {
        tracing.output('y', work(tracing.input('x', 'float32', ['rows', 2, 3])));
      }).nodes.map((node) => node.opType);
    expect(opsOf((x) => tf.transpose(tf.transpose(x, [0, 2, 1]), [0, 2, 1]))).toEqual(['Identity']);
    expect(opsOf((x) => tf.transpose(tf.transpose(x, [1, 2, 0]), [1, 0, 2]))).toEqual([
      'Transpose',
      'Identity',
    ]);
    expect(
      opsOf((x) => tf.transpose(tf.reshape(tf.transpose(x, [0, 2, 1]), [-1, 2, 3]), [0, 2, 1])),
    ).toEqual(['Transpose', 'Reshape', 'Transpose', 'Identity']);
  });

  it('joins reshapes that follow one another', () => {
    const opsOf = (work: (x: tf.Tensor) => tf.Tensor) =>
      trace('reshapes', (tracing) => {
        tracing.output('y', work(tracing.input('x', 'float32', ['rows', 2, 3])));
      }).nodes.map((node) => node.opType);
    expect(opsOf((x) => tf.reshape(tf.reshape(x, [-1, 3]), x.shape))).toEqual(['Identity']);
    expect(opsOf((x) => tf.reshape(tf.reshape(x, [-1, 3]), [-1, 6]))).toEqual([
      'Reshape',
      'Identity',
    ]);
  });

  it('leaves out what no output needs', () => {
    const graph = trace('lean', (tracing) => {
      const x = tracing.input('x', 'float32', [3]);
      tf.exp(x);
      tracing.output('y', tf.neg(x));
    });
    expect(graph.nodes.map((node) => node.opType)).toEqual(['Neg', 'Identity']);
  });

  it.each([
    ['float32', Float32Array.of(3, 5)],
    ['float16', Float16Array.of(3, 5)],
  ] as const)('can have weights of %s', async (type, values) => {
    const graph = trace('weighted', (tracing) => {
      const x = tracing.input('x', 'float32', [2]);
      tracing.output('y', tf.mul(x, tracing.weight('w', [2], type)));
    });
    const bytes = new Uint8Array(values.buffer);
    const model = encodeModel(graph, [{ name: 'w', type, shape: [2], bytes }]);
    const session = await ort.InferenceSession.create(model);
    const { y } = await session.run({ x: new ort.Tensor('float32', [1, 2], [2]) });
    expect([...(y?.data as Float32Array)]).toEqual([3, 10]);
  });
});

describe('what cannot be traced is refused', () => {
  it('an op without a kernel, naming the op and the line', () => {
    const attempt = () =>
      trace('unsupported', (tracing) => {
        const x = tracing.input('x', 'float32', [3]);
        tracing.output('y', tf.atanh(x));
      });
    expect(attempt).toThrow(/the op Atanh cannot be traced to ONNX \(.*tracer\.test\.ts:\d+/);
  });

  it('reading values', () => {
    const attempt = () =>
      trace('reading', (tracing) => {
        tracing.input('x', 'float32', [3]).dataSync();
      });
    expect(attempt).toThrow(/values cannot be read while tracing/);
  });

  it('a static dimension that could be taken for a symbolic one', () => {
    const attempt = () =>
      trace('ambiguous', (tracing) => {
        tracing.input('x', 'float32', ['rows', 202]);
      });
    expect(attempt).toThrow(/a dimension of 202 \(x\) cannot be traced: it is a multiple of 101/);
  });

  it('and tfjs works on as before', async () => {
    await tf.setBackend('cpu');
    expect(() =>
      trace('broken', () => {
        throw new Error('broken');
      }),
    ).toThrow('broken');
    expect([...tf.square([2, 3]).dataSync()]).toEqual([4, 9]);
  });
});
