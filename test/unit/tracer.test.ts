import * as tf from '@tensorflow/tfjs';
import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { trace } from '../../trainer/tracer/backend.ts';
import { encodeModel, encodeWeights, type OnnxGraph } from '../../trainer/tracer/onnx.ts';

const open = (graph: OnnxGraph) => ort.InferenceSession.create(encodeModel(graph));

async function run(graph: OnnxGraph, feeds: Record<string, ort.Tensor>) {
  return (await (await open(graph)).run(feeds))['y'];
}

describe('a traced function', () => {
  it('takes any size along its symbolic dimensions', async () => {
    const graph = trace('outer', (tracing) => {
      const x = tracing.input('x', 'float32', ['rows', 'columns', 4]);
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
    ]) {
      const data = Float32Array.from({ length: rows * columns * 4 }, (_, i) => i);
      const y = await run(graph, { x: new ort.Tensor('float32', data, [rows, columns, 4]) });
      expect(y.dims).toEqual([columns, rows, 4]);
      expect([...(y.data as Float32Array)]).toEqual([...data]);
    }
  });

  it('leaves out what no output needs', () => {
    const graph = trace('lean', (tracing) => {
      const x = tracing.input('x', 'float32', [3]);
      tf.exp(x);
      tracing.output('y', tf.neg(x));
    });
    expect(graph.nodes.map((node) => node.op)).toEqual(['Neg', 'Identity']);
  });

  it('can have its weights appended to its graph', async () => {
    const graph = trace('weighted', (tracing) => {
      const x = tracing.input('x', 'float32', [2]);
      tracing.output('y', tf.mul(x, tracing.weight('w', [2])));
    });
    const bytes = new Uint8Array(Float32Array.of(3, 5).buffer);
    const weights = encodeWeights([{ name: 'w', type: 'float32', shape: [2], bytes }]);
    const session = await ort.InferenceSession.create(Buffer.concat([encodeModel(graph), weights]));
    const { y } = await session.run({ x: new ort.Tensor('float32', [1, 2], [2]) });
    expect([...(y.data as Float32Array)]).toEqual([3, 10]);
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
