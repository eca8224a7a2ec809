import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { openFused, slotsOf } from '../../inference/fused-session.ts';
import { toFeeds } from '../../inference/model-inputs.ts';
import { readOnnx } from '../../onnx/codec.ts';
import { halfToFloat } from '../../onnx/fusion/constants.ts';
import { fuseModel } from '../../onnx/fusion/fuse.ts';
import { readTransformer } from '../../onnx/fusion/read-transformer.ts';
import { DATA_TYPE, type OnnxModel, type OnnxNode } from '../../onnx/model.ts';
import type { Batch } from '../../task/batch.ts';
import { initialParameters } from '../../trainer/model/index.ts';
import { inferenceModel } from '../../trainer/model-file.ts';
import { shippedFile } from '../support/shipped.ts';
import { relativeError, sampleBatch, TINY } from '../support/training.ts';

const FILE = inferenceModel(TINY, TINY, initialParameters(TINY, 3));
const MODEL = readOnnx(FILE);

const withNodes = (nodes: readonly OnnxNode[]): OnnxModel => ({
  ...MODEL,
  graph: { ...MODEL.graph, nodes },
});

/** Earlier versions of the trainer wrote attention with tokens as the last axis. */
const SHIPPED = readOnnx(shippedFile('text-only/model.onnx'));

describe('a graph that is not exactly the one of the trainer is left as it is', () => {
  it.each([
    ['now', MODEL, 0],
    // Its last layer, which is read first, so that this test is quick.
    ['of a shipped file', SHIPPED, SHIPPED.graph.nodes.length - 70],
  ])('where any operator is another one, in the layout %s', (_, model, from) => {
    expect(readTransformer(model)).toBeDefined();
    const { nodes } = model.graph;
    const missed = nodes.slice(from).filter((node) => {
      const changed = nodes.with(nodes.indexOf(node), { ...node, opType: 'Other' });
      const graph = { ...model.graph, nodes: changed };
      return readTransformer({ ...model, graph }) !== undefined;
    });
    expect(missed.map(({ opType, outputs }) => `${opType} ${outputs.join()}`)).toEqual([]);
  });

  it('where any list of sizes is another one', () => {
    const { initializers } = MODEL.graph;
    const lists = initializers.filter(({ dataType }) => dataType === DATA_TYPE.int64);
    expect(lists.length).toBeGreaterThan(10);
    const missed = lists.filter((changed) => {
      const rawData = BigInt64Array.from({ length: changed.dims[0] ?? 1 }, () => 3n);
      const other = { ...changed, rawData: new Uint8Array(rawData.buffer) };
      const tensors = initializers.map((tensor) => (tensor === changed ? other : tensor));
      const model = { ...MODEL, graph: { ...MODEL.graph, initializers: tensors } };
      return readTransformer(model) !== undefined;
    });
    expect(missed.map(({ name }) => name)).toEqual([]);
  });

  it('where the order of two inputs is another one', () => {
    // Sums and products of two tensors may be written either way, but then this is another graph, too.
    const missed = MODEL.graph.nodes.filter((node, changed) => {
      const [first, second, ...others] = node.inputs;
      if (first === undefined || second === undefined || first === second) return false;
      const swapped = { ...node, inputs: [second, first, ...others] };
      const isConstant = node.outputs.some((name) => /weight|bias|gain/.test(name));
      return !isConstant && readTransformer(withNodes(MODEL.graph.nodes.with(changed, swapped)));
    });
    const symmetric = missed.filter(({ opType }) => opType === 'Add' || opType === 'Mul');
    expect(missed).toEqual(symmetric);
  });
});

it('answers in any order, of any token, as often as asked', async () => {
  const batch: Batch = sampleBatch(3, 5, 2, 'image');
  const { length } = batch;
  // The second row has no answer; a token of the third is read twice.
  const answerIndex = Int32Array.of(2 * length + 4, 3, 2 * length + 1, 2 * length + 4, 0, 1);
  const asked = { ...batch, answerIndex, targets: new Int32Array(answerIndex.length) };
  const session = await ort.InferenceSession.create(FILE);
  const { logits } = await session.run(toFeeds(asked, TINY.patchFeatures, ort.Tensor));
  const fused = await openFused(ort, FILE, TINY.patchFeatures);
  const found = (await fused?.logits(asked)) ?? new Float32Array(0);
  expect(relativeError(found, logits?.data as Float32Array)).toBeLessThan(1e-5);
});

it('reads a file that is a Buffer, too', () => {
  expect(fuseModel(FILE)).toBeDefined();
  expect(fuseModel(Buffer.from(FILE))).toEqual(fuseModel(FILE));
});

it('gives each row as many slots as the row with most answers, one for each token', () => {
  const batch = { rows: 3, length: 4, answerIndex: Int32Array.of(9, 3, 10, 9) };
  const { tokens, read } = slotsOf(batch as Batch);
  expect([...tokens].map(Number)).toEqual([3, 0, 4, 4, 9, 10]);
  const logits = Float32Array.of(1, 2, 3, 4, 5, 6);
  expect([...read(logits)]).toEqual([5, 1, 6, 5]);
});

it('reads every float16', () => {
  const halves = Uint16Array.from({ length: 2 ** 16 }, (_, bits) => bits);
  const expected = Array.from(halves, (bits) => {
    const [sign, exponent, fraction] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
    if (exponent === 31) return fraction ? NaN : sign * Infinity;
    return sign * (exponent ? (1 + fraction / 1024) * 2 ** (exponent - 15) : fraction * 2 ** -24);
  });
  expect([...halfToFloat(halves)]).toEqual(expected);
});
