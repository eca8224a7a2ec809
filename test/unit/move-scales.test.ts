import * as tf from '@tensorflow/tfjs';
import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { readOnnx } from '../../onnx/codec.ts';
import type { OnnxGraph } from '../../onnx/model.ts';
import { inferShapes } from '../../onnx/shapes/infer.ts';
import { elementCount } from '../../onnx/tensor-data.ts';
import { linear } from '../../trainer/ops.ts';
import { trace } from '../../trainer/tracer/backend.ts';
import { encodeModel } from '../../trainer/tracer/onnx.ts';

const WIDTH = 3;
const numbers = (size: number) => Float32Array.from({ length: size }, (_, i) => Math.sin(i + 1));

/** Inputs `x` [rows, 2, 3], `weight` [3, 3] and `bias` [3] -> output `y`. */
function traceOf(build: (x: tf.Tensor3D, weight: tf.Tensor2D, bias: tf.Tensor1D) => tf.Tensor) {
  return trace('scales', (tracing) => {
    const x = tracing.input('x', 'float32', ['rows', 2, WIDTH]) as tf.Tensor3D;
    const weight = tracing.input('weight', 'float32', [WIDTH, WIDTH]) as tf.Tensor2D;
    const bias = tracing.input('bias', 'float32', [WIDTH]) as tf.Tensor1D;
    tracing.output('y', build(x, weight, bias));
  });
}

/** What a function computes eagerly, and what its graph computes in ONNX Runtime. */
async function both(build: Parameters<typeof traceOf>[0]) {
  const graph = traceOf(build);
  const session = await ort.InferenceSession.create(encodeModel(graph));
  const feeds: Record<string, [Float32Array, number[]]> = {
    x: [numbers(5 * 2 * WIDTH), [5, 2, WIDTH]],
    weight: [numbers(WIDTH * WIDTH), [WIDTH, WIDTH]],
    bias: [numbers(WIDTH), [WIDTH]],
  };
  const tensors = Object.entries(feeds)
    .filter(([name]) => session.inputNames.includes(name))
    .map(([name, [data, dims]]) => [name, new ort.Tensor('float32', data, dims)] as const);
  const { y } = await session.run(Object.fromEntries(tensors));
  await tf.setBackend('cpu');
  const eager = build(
    tf.tensor3d(numbers(5 * 2 * WIDTH), [5, 2, WIDTH]),
    tf.tensor2d(numbers(WIDTH * WIDTH), [WIDTH, WIDTH]),
    tf.tensor1d(numbers(WIDTH)),
  );
  return { graph, traced: [...(y?.data as Float32Array)], eager: [...eager.dataSync()] };
}

/** Multiplications by a constant whose result is larger for a larger batch. */
function activationScales(graph: OnnxGraph): number {
  const model = readOnnx(encodeModel(graph));
  const elements = (rows: number) => {
    const { facts } = inferShapes(model, { x: [rows, 2, WIDTH] });
    return (name = '') => elementCount((facts.get(name)?.dims ?? []).map((size) => size ?? NaN));
  };
  const [few, many] = [elements(10), elements(20)];
  const scalars = new Set(
    graph.initializers.filter(({ dims }) => elementCount(dims) === 1).map(({ name }) => name),
  );
  return graph.nodes
    .filter(({ opType, inputs }) => opType === 'Mul' && inputs.some((name) => scalars.has(name)))
    .filter(({ outputs: [result] }) => many(result) !== few(result)).length;
}

describe('a multiplication by a constant', () => {
  it.each<[string, Parameters<typeof traceOf>[0]]>([
    [
      'moves from the result of a linear map to its weight and bias',
      (x, weight, bias) => tf.exp(tf.mul(linear(x, { weight, bias }), 0.3)),
    ],
    [
      'moves from the input of a linear map to its weight',
      (x, weight) => tf.exp(linear(tf.mul(tf.tanh(x), 0.3), { weight })),
    ],
    [
      'moves past a transposition',
      (x, weight) => {
        const turned = tf.transpose(tf.mul(tf.tanh(x), 0.3), [1, 0, 2]);
        return tf.exp(linear(turned, { weight }));
      },
    ],
    [
      'moves to the result of a sum over the batch',
      (x) => tf.exp(tf.sum(tf.mul(tf.tanh(x), 0.3), [0, 1])),
    ],
    [
      'moves to the gradient of a weight, and to the weight in the gradient of the input',
      (x, weight, bias) => {
        const loss = (input: tf.Tensor, w: tf.Tensor, b: tf.Tensor) => {
          const parameters = { weight: w as tf.Tensor2D, bias: b as tf.Tensor1D };
          return tf.sum(tf.tanh(tf.mul(linear(input, parameters), 0.3)));
        };
        const [dx, dWeight, dBias] = tf.grads(loss)([x, weight, bias]) as [
          tf.Tensor,
          tf.Tensor,
          tf.Tensor,
        ];
        return tf.add(dWeight, tf.add(dBias, tf.sum(tf.tanh(dx), [0, 1])));
      },
    ],
  ])('%s', async (_, build) => {
    const { graph, traced, eager } = await both(build);
    expect(graph.nodes.map(({ opType }) => opType)).toContain('Mul');
    expect(activationScales(graph)).toBe(0);
    expect(traced).toHaveLength(eager.length);
    traced.forEach((value, i) => {
      expect(value).toBeCloseTo(eager[i] ?? NaN, 5);
    });
  });

  it('stays where the result of the linear map is used elsewhere, too', async () => {
    const { graph, traced, eager } = await both((x, weight) => {
      const y = linear(x, { weight });
      return tf.add(y, tf.exp(tf.mul(y, 0.3)));
    });
    expect(activationScales(graph)).toBe(1);
    traced.forEach((value, i) => {
      expect(value).toBeCloseTo(eager[i] ?? NaN, 5);
    });
  });

  it('stays where the graph gives out the unscaled value', () => {
    const graph = trace('outputs', (tracing) => {
      const x = tracing.input('x', 'float32', ['rows', 2, WIDTH]) as tf.Tensor3D;
      const weight = tracing.input('weight', 'float32', [WIDTH, WIDTH]) as tf.Tensor2D;
      const y = linear(x, { weight });
      tracing.output('plain', y);
      tracing.output('scaled', tf.exp(tf.mul(y, 0.3)));
    });
    expect(activationScales(graph)).toBe(1);
  });
});
