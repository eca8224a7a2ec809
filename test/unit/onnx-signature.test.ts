import { describe, expect, it } from 'vitest';
import { makeGraph, makeModel, makeNode, makeTensor, makeValueInfo } from '../../onnx/build.ts';
import { readOnnx } from '../../onnx/codec.ts';
import { DATA_TYPE, type OnnxModel, type OnnxNode, type OnnxValueInfo } from '../../onnx/model.ts';
import { inputDimsOf, readSignature } from '../../onnx/signature.ts';
import { foreignFile, ownFile } from '../fixtures/onnx/files.ts';

const signatureOf = (bytes: Uint8Array) => readSignature(readOnnx(bytes)).signature;

describe('the signature', () => {
  it("of bindscope's own models", () => {
    expect(signatureOf(ownFile('image-text/model.onnx'))).toEqual({
      kind: 'bindscope',
      inputs: [
        { name: 'tokens', role: 'tokens', type: 'int32', dims: ['rows', 'tokens'] },
        { name: 'positions', role: 'positions', type: 'int32', dims: ['rows', 'tokens'] },
        {
          name: 'attention_bias',
          role: 'attention-bias',
          type: 'float32',
          dims: ['rows', 'tokens', 'tokens'],
        },
        { name: 'answer_index', role: 'answer-index', type: 'int32', dims: ['answers'] },
        {
          name: 'patch_features',
          role: 'patch-features',
          type: 'float32',
          dims: ['rows', 'tokens', 192],
        },
      ],
      logits: { name: 'logits', type: 'float32', at: 'answers' },
      vocabulary: 470,
      weightType: 'float32',
      quantisesActivations: false,
      cache: null,
      externalFiles: [],
    });
    expect(signatureOf(ownFile('text-only-paper/model.onnx'))?.weightType).toBe('float16');
  });

  it('of a decoder without a cache', () => {
    expect(signatureOf(foreignFile('gpt/model.onnx'))).toMatchObject({
      kind: 'decoder',
      inputs: [{ name: 'input_ids', role: 'tokens', type: 'int64', dims: ['rows', 'tokens'] }],
      logits: { at: 'every-token' },
      vocabulary: 470,
      cache: null,
    });
  });

  it('of decoders with a cache, and with weights in another file', () => {
    const neox = signatureOf(foreignFile('text-only-neox/model.onnx'));
    expect(neox).toMatchObject({ vocabulary: 470, cache: { layers: 8, heads: 2, width: 32 } });
    expect(neox?.inputs.map(({ role }) => role)).toContain('positions');
    const genai = signatureOf(foreignFile('qwen2-genai/model.onnx'));
    expect(genai?.externalFiles).toEqual(['model.onnx.data']);
    expect(genai?.inputs.map(({ role }) => role)).not.toContain('positions');
    expect(genai).toMatchObject({ vocabulary: 320, cache: { layers: 4, heads: 2, width: 16 } });
  });

  it('gives the shapes of a batch', () => {
    const { inputs } = signatureOf(foreignFile('qwen2/model.onnx')) ?? { inputs: [] };
    const dims = inputDimsOf(inputs, { rows: 3, tokens: 50, answers: 4 });
    expect(dims).toMatchObject({
      input_ids: [3, 50],
      attention_mask: [3, 50],
      'past_key_values.0.key': [3, 2, 0, 16],
    });
  });
});

const { int64, int32, float32, float16 } = DATA_TYPE;
const V = 11;

interface Options {
  readonly ids?: OnnxValueInfo;
  readonly others?: readonly OnnxValueInfo[];
  readonly tail?: readonly OnnxNode[];
}

/** ids -> embeddings [B, T, 4] -> logits [B, T, V], with what a test adds. */
function decoder({ ids, others = [], tail = [] }: Options = {}): OnnxModel {
  const graph = makeGraph({
    nodes: [
      makeNode('Gather', ['table', 'input_ids'], ['embedded']),
      makeNode('MatMul', ['embedded', 'head'], [tail.length > 0 ? 'scores' : 'logits']),
      ...tail,
    ],
    initializers: [
      makeTensor('table', 'float32', [V, 4], new Float32Array(4 * V)),
      makeTensor('head', 'float32', [4, V], new Float32Array(4 * V)),
      makeTensor('last', 'int64', [], BigInt64Array.of(-1n)),
    ],
    inputs: [ids ?? makeValueInfo('input_ids', int64, ['b', 't']), ...others],
    outputs: [makeValueInfo('logits', float32, ['b', 't', V])],
  });
  return makeModel(graph, 17);
}

describe('a decoder that can be served', () => {
  it.each<[string, Options, object]>([
    ['with int32 ids', { ids: makeValueInfo('input_ids', int32, ['b', 't']) }, { vocabulary: V }],
    [
      'for one row',
      { ids: makeValueInfo('input_ids', int64, [1, 't']) },
      { inputs: [{ dims: [1, 'tokens'] }], logits: { at: 'every-token' } },
    ],
    [
      'with logits at the last token',
      { tail: [makeNode('Gather', ['scores', 'last'], ['logits'], { attributes: { axis: 1 } })] },
      { logits: { at: 'last-token' } },
    ],
    [
      'with three planes of positions',
      { others: [makeValueInfo('position_ids', int64, [3, 'b', 't'])] },
      { inputs: [{}, { dims: [3, 'rows', 'tokens'] }] },
    ],
    [
      'with float16 caches under another name',
      { others: [makeValueInfo('past_0_key', float16, ['b', 3, 'p', 8])] },
      { cache: { heads: 3, width: 8 } },
    ],
  ])('%s', (_, options, expected) => {
    const { signature, reasons } = readSignature(decoder(options));
    expect(reasons).toEqual([]);
    expect(signature).toMatchObject(expected);
  });
});

describe('a decoder that cannot be served', () => {
  const attention = makeGraph({
    nodes: [makeNode('Softmax', ['scores'], ['inner'])],
    inputs: [],
    outputs: [makeValueInfo('inner', float32, [])],
  });
  it.each<[string, Options, string, string]>([
    [
      'with a mask of four axes',
      { others: [makeValueInfo('attention_mask', int64, ['b', 1, 't', 't'])] },
      'unusable-input',
      'the input "attention_mask" has the shape [?, 1, ?, ?]; it can be fed as [rows, tokens]',
    ],
    [
      'with ids of another type',
      { ids: makeValueInfo('input_ids', float32, ['b', 't']) },
      'unusable-input',
      'the input "input_ids" is float32; it can be fed as int32 or int64',
    ],
    [
      'for a fixed number of tokens',
      { ids: makeValueInfo('input_ids', int64, ['b', 128]) },
      'unusable-input',
      'the input "input_ids" has the shape [?, 128]; it can be fed as [rows, tokens]',
    ],
    [
      'with an input that nobody knows',
      { others: [makeValueInfo('pixel_values', float32, ['b', 3, 224, 224])] },
      'unusable-input',
      'the input "pixel_values" is not one that can be fed',
    ],
    [
      'that takes embeddings',
      { others: [makeValueInfo('inputs_embeds', float32, ['b', 't', 4])] },
      'embeddings-input',
      'inputs_embeds',
    ],
    [
      'with two decoders in it',
      {
        others: [makeValueInfo('use_cache_branch', DATA_TYPE.bool, [1])],
        tail: [
          makeNode('If', ['use_cache_branch'], ['logits'], {
            attributes: { then_branch: { graph: attention }, else_branch: { graph: attention } },
          }),
        ],
      },
      'merged-decoder',
      'an If with attention inside',
    ],
    [
      'with two embeddings of tokens',
      {
        tail: [
          makeNode('Gather', ['head', 'input_ids'], ['again'], { attributes: { axis: 1 } }),
          makeNode('ReduceSum', ['again'], ['sum'], { attributes: { keepdims: 0 } }),
          makeNode('Add', ['scores', 'sum'], ['logits']),
        ],
      },
      'several-embeddings',
      'here in 2 "embedded", "again"',
    ],
    [
      'with no logits',
      { tail: [makeNode('ReduceSum', ['scores'], ['logits'], { attributes: { keepdims: 0 } })] },
      'no-logits',
      'no output has logits',
    ],
    [
      'with a tensor that nothing makes',
      { tail: [makeNode('Add', ['scores', 'nowhere'], ['logits'])] },
      'malformed',
      'Add "logits" uses "nowhere", which nothing makes',
    ],
  ])('%s says why', (_, options, code, message) => {
    const { signature, reasons } = readSignature(decoder(options));
    expect(signature).toBeNull();
    const reason = reasons.find((candidate) => candidate.code === code);
    expect(reason?.message).toContain(message);
  });
});
