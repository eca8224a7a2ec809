import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { makeGraph, makeModel, makeNode, makeValueInfo } from '../../onnx/build.ts';
import { readOnnx, writeOnnx } from '../../onnx/codec.ts';
import { DATA_TYPE, type OnnxModel, type OnnxTensor } from '../../onnx/model.ts';
import { inferShapes, type InputDims } from '../../onnx/shapes/infer.ts';
import { dataTypeName } from '../../onnx/tensor-data.ts';
import { foreignFile, ownFile } from '../fixtures/onnx/files.ts';
import { CASES } from '../fixtures/onnx/operators.ts';

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
      expect([name, at, value]).toEqual([
        name,
        at,
        Number((tensor.data as Float32Array | BigInt64Array)[at]),
      ]);
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
