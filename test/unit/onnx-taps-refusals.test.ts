import { describe, expect, it } from 'vitest';
import { makeGraph, makeModel, makeNode, makeTensor, makeValueInfo } from '../../onnx/build.ts';
import { readOnnx } from '../../onnx/codec.ts';
import { DATA_TYPE, type OnnxModel, type OnnxNode } from '../../onnx/model.ts';
import { readSignature } from '../../onnx/signature.ts';
import { TapError } from '../../onnx/taps/errors.ts';
import { hookFeeds, type Patches } from '../../onnx/taps/feeds.ts';
import { planTaps, type TapPlan } from '../../onnx/taps/plan.ts';
import { tapModel } from '../../onnx/taps/tap-model.ts';
import { ownFile } from '../fixtures/onnx/files.ts';

const { int64, float32 } = DATA_TYPE;
const weight = (name: string, ...dims: readonly number[]) =>
  makeTensor(name, 'float32', dims, new Float32Array(dims.reduce((a, b) => a * b, 1)));
const transposed = { attributes: { perm: [0, 2, 1] } };

/** Attention of one head over x [B, T, 4], put out as `mixed`. */
const attention: readonly OnnxNode[] = [
  makeNode('Transpose', ['x'], ['keys'], transposed),
  makeNode('MatMul', ['x', 'keys'], ['scores']),
  makeNode('Softmax', ['scores'], ['pattern']),
  makeNode('MatMul', ['pattern', 'x'], ['mixed']),
];
const joined = makeNode('Add', ['x', 'mixed'], ['final']);

/** ids -> x [B, T, 4] -> nodes -> final [B, T, 4] -> logits. */
function decoder(nodes: readonly OnnxNode[], opset = 17): OnnxModel {
  const graph = makeGraph({
    nodes: [
      makeNode('Gather', ['table', 'input_ids'], ['x']),
      ...nodes,
      makeNode('MatMul', ['final', 'head'], ['logits']),
    ],
    initializers: [weight('table', 9, 4), weight('head', 4, 9), weight('square', 4, 4)],
    inputs: [makeValueInfo('input_ids', int64, ['b', 't'])],
    outputs: [makeValueInfo('logits', float32, ['b', 't', 9])],
  });
  return makeModel(graph, opset);
}

function plan(model: OnnxModel): TapPlan {
  const { signature } = readSignature(model);
  if (!signature) throw new Error('it has no signature');
  return planTaps(model, signature);
}

function refusal(model: OnnxModel): TapError {
  try {
    plan(model);
  } catch (error) {
    if (error instanceof TapError) return error;
  }
  throw new Error('it was not refused');
}

describe('a model with a residual stream', () => {
  it('can be tapped', () => {
    const { layers, width, residuals } = plan(decoder([...attention, joined]));
    expect({ layers, width, residuals }).toEqual({
      layers: 1,
      width: 4,
      residuals: ['x', 'final'],
    });
  });

  it('whose attention has no axis for heads says so', () => {
    const found = plan(decoder([...attention, joined]));
    expect(found.attention).toMatchObject({
      reason: 'attention-layout',
      message: 'in the attention of layer 0 the scores are not [rows, heads, tokens, tokens]',
    });
    expect(() => tapModel(found, { heads: 'all' })).toThrow(TapError);
    expect(tapModel(found, { residuals: 'all' }).tapped.residuals).toEqual([0, 1]);
  });
});

describe('a model that cannot be tapped', () => {
  it.each<[string, OnnxModel, string, string]>([
    [
      'of an old operator set',
      decoder([...attention, joined], 10),
      'operator-set',
      'the model uses operator set 10; taps need 11 or later',
    ],
    [
      'whose activations are quantised dynamically',
      decoder([
        makeNode('DynamicQuantizeLinear', ['x'], ['quantised', 'scale', 'zero']),
        makeNode('DequantizeLinear', ['quantised', 'scale', 'zero'], ['rounded']),
        ...attention,
        makeNode('Add', ['rounded', 'mixed'], ['final']),
      ]),
      'quantised-activations',
      'dynamic int8',
    ],
    [
      'without attention',
      decoder([makeNode('MatMul', ['x', 'square'], ['final'])]),
      'no-residual-stream',
      'there is no attention',
    ],
    [
      'that adds nothing to the stream',
      decoder([...attention, makeNode('Relu', ['mixed'], ['final'])]),
      'no-residual-stream',
      'nothing adds the last layer to the residual stream',
    ],
    [
      'whose stream has tokens before rows',
      decoder([
        makeNode('Transpose', ['x'], ['turned'], { attributes: { perm: [1, 0, 2] } }),
        makeNode('Transpose', ['turned'], ['keys'], { attributes: { perm: [1, 2, 0] } }),
        makeNode('Transpose', ['turned'], ['queries'], { attributes: { perm: [1, 0, 2] } }),
        makeNode('MatMul', ['queries', 'keys'], ['scores']),
        makeNode('Softmax', ['scores'], ['pattern']),
        makeNode('MatMul', ['pattern', 'queries'], ['mixed']),
        makeNode('Transpose', ['mixed'], ['back'], { attributes: { perm: [1, 0, 2] } }),
        makeNode('Add', ['turned', 'back'], ['sum']),
        makeNode('Transpose', ['sum'], ['final'], { attributes: { perm: [1, 0, 2] } }),
      ]),
      'stream-layout',
      'is [7, 2, 4], not [rows, tokens, width] of floats',
    ],
  ])('%s says why', (_, model, reason, message) => {
    const error = refusal(model);
    expect(error.reason).toBe(reason);
    expect(error.message).toContain(message);
  });
});

it('finds its way through a graph whose paths double at every step', () => {
  const steps = Array.from({ length: 100 }, (_, at) => [
    makeNode('Identity', [`p${at}`], [`left${at}`]),
    makeNode('Identity', [`p${at}`], [`right${at}`]),
    makeNode('Mul', [`left${at}`, `right${at}`], [`p${at + 1}`]),
  ]);
  const nodes = [
    ...attention.slice(0, 2),
    makeNode('Unsqueeze', ['scores', 'one'], ['by_head']),
    makeNode('Softmax', ['by_head'], ['p0']),
    ...steps.flat(),
    makeNode('Squeeze', ['p100', 'one'], ['pattern']),
    makeNode('MatMul', ['pattern', 'x'], ['mixed']),
    joined,
  ];
  const model = decoder(nodes);
  const one = makeTensor('one', 'int64', [1], BigInt64Array.of(1n));
  const initializers = [...model.graph.initializers, one];
  const found = plan({ ...model, graph: { ...model.graph, initializers } });
  expect(found.residuals).toEqual(['x', 'final']);
  expect(found.attention).toMatchObject({ reason: 'attention-layout' });
});

describe('the feeds of a tapped model', () => {
  const tapped = tapModel(plan(readOnnx(ownFile('text-only/model.onnx'))), {
    residuals: [0, 8],
    heads: [2],
    scores: [1, 2],
  });
  const batch = { rows: 2, tokens: 5 };
  const vector = new Float32Array(64).fill(1);

  it('are what its graph asks for, with nothing to patch', () => {
    const feeds = hookFeeds(tapped, batch);
    const asked = tapped.model.graph.inputs
      .map(({ name }) => name)
      .filter((name) => name.includes('hook_'));
    expect(Object.keys(feeds).sort()).toEqual(asked.sort());
    expect(feeds['blocks.0.hook_resid_pre.patch_values']?.dims).toEqual([0, 64]);
    expect(feeds['blocks.2.attn.hook_z.patch_indices']?.dims).toEqual([0, 1]);
    expect(feeds['blocks.1.attn.hook_attn_scores.patch_indices']?.dims).toEqual([0, 4]);
  });

  it('put patches where they belong; of two at the same place the last counts', () => {
    const twice = new Float32Array(64).fill(2);
    const patches: Patches = {
      residuals: [
        { layer: 8, row: 1, token: 3, vector },
        { layer: 8, row: 1, token: 3, vector: twice },
      ],
      heads: [{ layer: 2, head: 1, row: 1, token: 4 }],
      cuts: [{ layers: [1, 2], row: 1, from: 4, to: 0 }],
    };
    const feeds = hookFeeds(tapped, batch, patches, [{ row: 1, token: 0 }]);
    expect(feeds['blocks.7.hook_resid_post.patch_indices']).toMatchObject({
      data: BigInt64Array.of(8n),
      dims: [1, 1],
    });
    expect(feeds['blocks.7.hook_resid_post.patch_values']?.data).toEqual(twice);
    expect(feeds['blocks.2.attn.hook_z.patch_indices']?.data).toEqual(BigInt64Array.of(19n));
    expect(feeds['blocks.2.attn.hook_z.patch_values']?.data).toEqual(new Float32Array(32));
    expect(feeds['blocks.2.attn.hook_attn_scores.patch_indices']).toMatchObject({
      data: BigInt64Array.of(1n, 0n, 4n, 0n, 1n, 1n, 4n, 0n),
      dims: [2, 4],
    });
    expect(feeds['hook_resid.rows']?.data).toEqual(BigInt64Array.of(5n));
    expect(feeds['hook_z.rows']?.data).toEqual(BigInt64Array.of(10n, 15n));
  });

  it.each<[string, Patches, string]>([
    [
      'a layer',
      { residuals: [{ layer: 3, row: 0, token: 0, vector }] },
      'residual stream of layer 3 is not tapped',
    ],
    ['a row', { residuals: [{ layer: 0, row: 2, token: 0, vector }] }, 'no row 2; there are 2'],
    ['a token', { residuals: [{ layer: 0, row: 0, token: 5, vector }] }, 'no token 5; there are 5'],
    ['a head', { heads: [{ layer: 2, head: 2, row: 0, token: 0 }] }, 'no head 2; there are 2'],
    [
      'a vector',
      { heads: [{ layer: 2, head: 0, row: 0, token: 0, vector }] },
      'blocks.2.attn.hook_z has 32 values a token; a patch has 64',
    ],
    [
      'a cut',
      { cuts: [{ layers: [0, 1], row: 0, from: 1, to: 0 }] },
      'attention of layer 0 is not tapped',
    ],
  ])('refuse %s that does not fit', (_, patches, message) => {
    expect(() => hookFeeds(tapped, batch, patches)).toThrow(message);
  });

  it('refuse layers that the model does not have', () => {
    const found = plan(readOnnx(ownFile('text-only/model.onnx')));
    expect(() => tapModel(found, { residuals: [9] })).toThrow(
      'there is no layer 9; layers are 0 to 8',
    );
    expect(() => tapModel(found, { heads: [8] })).toThrow('there is no layer 8; layers are 0 to 7');
  });
});
