import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import {
  makeGraph,
  makeModel,
  makeNode,
  makeTensor,
  makeValueInfo,
  type AttributeValue,
} from '../../onnx/build.ts';
import { readOnnx, writeOnnx } from '../../onnx/codec.ts';
import { DATA_TYPE, type OnnxModel, type OnnxTensor } from '../../onnx/model.ts';
import { inferShapes, type InputDims } from '../../onnx/shapes/infer.ts';
import { dataTypeName } from '../../onnx/tensor-data.ts';
import { foreignFile, ownFile } from '../fixtures/onnx/files.ts';

const QUIET = { logSeverityLevel: 3, graphOptimizationLevel: 'disabled' } as const;

/** ONNX Runtime calls them so. */
const typeName = (type: number | undefined) =>
  dataTypeName(type ?? 0).replace(/^float64$/, 'double');

const feed = (type: number, dims: readonly number[]): Tensor => {
  const count = dims.reduce((a, b) => a * b, 1);
  if (type === DATA_TYPE.int64) return new Tensor('int64', new BigInt64Array(count).fill(1n), dims);
  if (type === DATA_TYPE.int32) return new Tensor('int32', new Int32Array(count).fill(1), dims);
  const values = Float32Array.from({ length: count }, (_, at) => Math.sin(at));
  return new Tensor('float32', values, dims);
};

/**
 * Runs a model with every tensor as an output, and compares each with what is inferred.
 *
 * @returns how many values were followed
 */
async function compare(
  model: OnnxModel,
  inputDims: InputDims,
  external?: Uint8Array,
): Promise<number> {
  const made = model.graph.nodes.flatMap(({ outputs }) => outputs).filter((name) => name !== '');
  const outputs = [...new Set(made)].map((name) => ({ name, unread: [] }));
  const file = writeOnnx({ ...model, graph: { ...model.graph, outputs } });
  const session = await InferenceSession.create(file, {
    ...QUIET,
    ...(external && { externalData: [{ path: 'model.onnx.data', data: external }] }),
  });
  const weights = new Set(model.graph.initializers.map(({ name }) => name));
  const inputs = model.graph.inputs.filter(({ name }) => !weights.has(name));
  const feeds = inputs.map(
    ({ name, type }) =>
      [name, feed(type?.tensor?.elementType ?? 1, inputDims[name] ?? [])] as const,
  );
  const run = await session.run(Object.fromEntries(feeds));
  const { facts } = inferShapes(model, inputDims);
  let values = 0;
  for (const [name, tensor] of Object.entries(run)) {
    const inferred = facts.get(name);
    expect([name, typeName(inferred?.type), inferred?.dims]).toEqual([
      name,
      tensor.type,
      tensor.dims,
    ]);
    inferred?.values?.forEach((value, at) => {
      if (value === undefined) return;
      values++;
      expect([name, at, value]).toEqual([name, at, Number((tensor.data as Float32Array | BigInt64Array)[at])]);
    });
  }
  await session.release();
  return values;
}

describe('every tensor of a model', () => {
  const [rows, tokens] = [2, 7];
  const ids = { input_ids: [rows, tokens], position_ids: [rows, tokens] };
  const caches = (layers: number, width: number, past: number): InputDims =>
    Object.fromEntries(
      Array.from({ length: layers }, (_, layer) =>
        ['key', 'value'].map(
          (part) => [`past_key_values.${layer}.${part}`, [rows, 2, past, width]] as const,
        ),
      ).flat(),
    );
  const own = {
    tokens: [rows, tokens],
    positions: [rows, tokens],
    attention_bias: [rows, tokens, tokens],
    answer_index: [3],
    patch_features: [rows, tokens, 192],
  };
  const mask = { attention_mask: [rows, tokens + 4] };

  it.each<[string, Uint8Array, InputDims, Uint8Array?]>([
    ['text-only', ownFile('text-only/model.onnx'), own],
    ['image-text', ownFile('image-text/model.onnx'), own],
    ['text-only-paper', ownFile('text-only-paper/model.onnx'), own],
    ['an encoder', ownFile('encoders/random/encoder.onnx'), { patches: [5, 768] }],
    ['a trained encoder', ownFile('encoders/supervised/encoder.onnx'), { patches: [5, 768] }],
    ['gpt', foreignFile('gpt/model.onnx'), ids],
    ['qwen2', foreignFile('qwen2/model.onnx'), { ...ids, ...mask, ...caches(4, 16, 4) }],
    [
      'text-only-neox',
      foreignFile('text-only-neox/model.onnx'),
      { ...ids, ...mask, ...caches(8, 32, 4) },
    ],
    [
      'qwen2-genai',
      foreignFile('qwen2-genai/model.onnx'),
      { ...ids, attention_mask: [rows, tokens], ...caches(4, 16, 0) },
      foreignFile('qwen2-genai/model.onnx.data'),
    ],
  ])('%s has the shape, type and small values that ONNX Runtime gives it', async (...args) => {
    const [, bytes, inputDims, external] = args;
    const followed = await compare(readOnnx(bytes), inputDims, external);
    expect(followed).toBeGreaterThan(1);
  });
});

type Input = readonly number[] | OnnxTensor | null;

const ints = (...values: readonly number[]): OnnxTensor =>
  makeTensor('', 'int64', [values.length], BigInt64Array.from(values, BigInt));
const int = (value: number): OnnxTensor =>
  makeTensor('', 'int64', [], BigInt64Array.of(BigInt(value)));
const floats = (...values: readonly number[]): OnnxTensor =>
  makeTensor('', 'float32', [values.length], Float32Array.from(values));
const bools = (...values: readonly number[]): OnnxTensor =>
  makeTensor('', 'bool', [values.length], Uint8Array.from(values));
const bytes = (...values: readonly number[]): OnnxTensor =>
  makeTensor('', 'uint8', [values.length], Uint8Array.from(values));

/** Operator, inputs (a shape is a float input, null is left out), attributes, outputs, operator set. */
const CASES: readonly [
  string,
  readonly Input[],
  Readonly<Record<string, AttributeValue>>?,
  number?,
  number?,
][] = [
  [
    'Add',
    [
      [2, 1, 3],
      [4, 1],
    ],
  ],
  ['Add', [ints(1, 2), ints(3)]],
  ['Sub', [ints(1, 2), ints(3, 5)]],
  ['Mul', [floats(0.1, 3), floats(0.7)]],
  ['Div', [ints(7, -7), ints(2)]],
  ['Div', [floats(1, 2), floats(3)]],
  ['Pow', [ints(3), ints(4)]],
  ['Mod', [ints(7, 9), ints(4)]],
  ['Min', [ints(3, 9), ints(5)]],
  ['Sqrt', [floats(2)]],
  ['Where', [bools(1, 0), ints(1, 2), ints(8, 9)]],
  ['Equal', [ints(1, 2), ints(1)]],
  ['And', [bools(1, 0), bools(1, 1)]],
  ['Not', [bools(1, 0)]],
  ['Cast', [floats(2.7, -2.7)], { to: DATA_TYPE.int64 }],
  ['Cast', [ints(3)], { to: DATA_TYPE.bool }],
  ['Shape', [[2, 5, 3]]],
  ['Shape', [[2, 5, 3]], { start: 1, end: -1 }],
  ['Size', [[2, 5, 3]]],
  ['Reshape', [[2, 5, 3], ints(0, -1)]],
  ['Reshape', [[2, 5, 3], ints(3, 2, 5)]],
  ['Flatten', [[2, 5, 3]], { axis: -1 }],
  ['Flatten', [[2, 5, 3]], { axis: 0 }],
  ['Squeeze', [[1, 5, 1]]],
  ['Squeeze', [[1, 5, 1], ints(-1)]],
  ['Unsqueeze', [[5, 3], ints(0, -1)]],
  ['Transpose', [[2, 5, 3]], { perm: [2, 0, 1] }],
  ['Transpose', [[2, 5, 3]]],
  ['Expand', [[2, 1, 3], ints(4, 1)]],
  ['Expand', [ints(6), ints(3)]],
  ['Tile', [[2, 3], ints(2, 3)]],
  [
    'Concat',
    [
      [2, 3],
      [2, 4],
    ],
    { axis: -1 },
  ],
  ['Concat', [ints(1), ints(2, 3)], { axis: 0 }],
  ['Split', [[7, 3]], { axis: 0, num_outputs: 3 }, 3, 18],
  ['Split', [[6, 3]], { axis: 0 }, 3],
  ['Split', [[7, 3], ints(4, 3)], { axis: 0 }, 2],
  ['Slice', [[9, 8], ints(1, -3), ints(100, -1), ints(0, 1)]],
  ['Slice', [[9], ints(8), ints(-100), ints(0), ints(-2)]],
  ['Slice', [ints(4, 5, 6, 7), ints(-1), ints(0), ints(0), ints(-2)]],
  ['Gather', [[4, 5], ints(1, -1, 0)], { axis: 1 }],
  ['Gather', [ints(4, 5, 6), ints(-1, 0)]],
  ['Gather', [ints(4, 5, 6), int(1)]],
  ['GatherElements', [[4, 3], makeTensor('', 'int64', [1, 3], new BigInt64Array(3))], { axis: 0 }],
  ['GatherND', [[4, 5, 6], makeTensor('', 'int64', [7, 2], new BigInt64Array(14))]],
  [
    'GatherND',
    [[2, 5, 6], makeTensor('', 'int64', [2, 3, 1], new BigInt64Array(6))],
    { batch_dims: 1 },
  ],
  ['ScatterND', [[4, 5], makeTensor('', 'int64', [2, 1], new BigInt64Array(2)), [2, 5]]],
  ['ConstantOfShape', [ints(2, 3)]],
  ['ConstantOfShape', [ints(2)], { value: { tensor: ints(5) } }],
  ['Range', [int(2), int(11), int(4)]],
  ['OneHot', [ints(1, 2, 0), int(5), floats(0, 1)], { axis: 0 }],
  ['EyeLike', [[3, 4]], { dtype: 7 }],
  ['Pad', [[2, 3], ints(0, 1, 2, 3)]],
  ['Pad', [[2, 3], ints(1, 2), null, ints(-1)], {}, 1, 18],
  ['Resize', [[1, 2, 4, 6], null, null, ints(1, 2, 8, 3)]],
  ['Resize', [[1, 2, 4, 6], null, floats(1, 1, 2, 0.5)]],
  ['NonZero', [ints(3, 0, 2)]],
  ['TopK', [[4, 9], ints(3)], { axis: -1 }, 2],
  ['Trilu', [[4, 9]]],
  ['CumSum', [[4, 9], int(1)]],
  [
    'MatMul',
    [
      [2, 1, 4, 5],
      [3, 5, 6],
    ],
  ],
  ['MatMul', [[5], [3, 5, 6]]],
  ['MatMul', [[2, 5], [5]]],
  ['Gemm', [[5, 2], [7, 5], [7]], { transA: 1, transB: 1 }],
  [
    'Einsum',
    [
      [2, 3, 4],
      [2, 5, 4],
    ],
    { equation: 'bik, bjk -> bij' },
  ],
  [
    'Conv',
    [
      [1, 3, 9, 9],
      [8, 3, 3, 3],
    ],
    { pads: [1, 0, 1, 0], strides: [2, 2] },
  ],
  [
    'Conv',
    [
      [1, 4, 9],
      [6, 2, 3],
    ],
    { group: 2, auto_pad: 'SAME_UPPER' },
  ],
  ['MaxPool', [[1, 3, 9, 9]], { kernel_shape: [2, 3], strides: [2, 2] }],
  ['GlobalAveragePool', [[1, 3, 9, 9]]],
  ['ReduceSum', [[2, 3, 4], ints(-1)], { keepdims: 0 }],
  ['ReduceSum', [ints(2, 3, 4)]],
  ['ReduceProd', [ints(2, 3, 4)], { keepdims: 0 }],
  ['ReduceMean', [[2, 3, 4]], { axes: [1, 2] }],
  ['ReduceMax', [ints(2, 9, 4)], { axes: [0], keepdims: 0 }],
  ['ArgMax', [[2, 3, 4]], { axis: 1, keepdims: 0 }],
  ['Softmax', [[2, 3]]],
  ['LayerNormalization', [[2, 3, 8], [8], [8]], { axis: -1 }, 3],
  ['DynamicQuantizeLinear', [[2, 3]], {}, 3],
  ['DequantizeLinear', [bytes(1, 2), floats(0.5, 1)], { axis: 0 }],
  ['com.microsoft.SkipLayerNormalization', [[2, 3, 8], [2, 3, 8], [8]]],
  [
    'com.microsoft.FusedMatMul',
    [
      [2, 5, 3],
      [2, 5, 4],
    ],
    { transA: 1 },
  ],
  ['com.microsoft.Gelu', [[2, 3]]],
  [
    'com.microsoft.MultiHeadAttention',
    [
      [2, 3, 8],
      [2, 5, 8],
      [2, 5, 8],
    ],
    { num_heads: 2 },
  ],
];

describe('an operator', () => {
  it.each(CASES)('%s %j', async (operator, inputs, attributes = {}, outputs = 1, opset = 17) => {
    const isOwn = !operator.includes('.');
    const names = inputs.map((input, at) => (input === null ? '' : `input${at}`));
    const node = makeNode(
      operator.split('.').at(-1) ?? '',
      names,
      Array.from({ length: outputs }, (_, at) => `output${at}`),
      { attributes, ...(!isOwn && { domain: 'com.microsoft' }) },
    );
    const constants: OnnxTensor[] = [];
    const fed: [string, readonly number[]][] = [];
    inputs.forEach((input, at) => {
      const name = `input${at}`;
      if (input !== null && 'dataType' in input) constants.push({ ...input, name });
      else if (input !== null) fed.push([name, input]);
    });
    const graph = makeGraph({
      nodes: [node],
      initializers: constants,
      inputs: fed.map(([name, dims]) => makeValueInfo(name, DATA_TYPE.float32, dims)),
      outputs: [],
    });
    const model = makeModel(graph, opset);
    const imports = [...model.opsetImports, { domain: 'com.microsoft', version: 1, unread: [] }];
    await compare({ ...model, opsetImports: imports }, Object.fromEntries(fed));
  });
});
