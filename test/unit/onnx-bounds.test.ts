import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beforeAll, describe, expect, it } from 'vitest';
import { boundModel, GRAPH_LIMITS, type GraphBounds } from '../../onnx/bounds.ts';
import { makeNode } from '../../onnx/build.ts';
import { readOnnx, writeOnnx } from '../../onnx/codec.ts';
import type { OnnxModel } from '../../onnx/model.ts';
import type { InputDims } from '../../onnx/shapes/infer.ts';
import { modelOf, zeros } from '../fixtures/onnx/bomb-parts.ts';
import { BOMBS } from '../fixtures/onnx/bombs.ts';
import { FOREIGN_MODELS, foreignFile, OWN_FILES, ownFile } from '../fixtures/onnx/files.ts';

const bound = (bytes: Uint8Array, inputDims: InputDims): GraphBounds =>
  boundModel(readOnnx(bytes), bytes.length, inputDims);

/** Collects garbage, so that memory can be compared. */
let collect: () => void;
beforeAll(() => {
  setFlagsFromString('--expose-gc');
  collect = runInNewContext('gc') as () => void;
});

/** CPU milliseconds and MB on the heap; the best of several times, since a busy machine adds its own. */
function costOf(run: () => void): { readonly cpu: number; readonly heap: number } {
  const costs = Array.from({ length: 4 }, () => {
    collect();
    const before = process.memoryUsage().heapUsed;
    const start = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(start);
    return {
      cpu: (user + system) / 1000,
      heap: (process.memoryUsage().heapUsed - before) / 2 ** 20,
    };
  });
  return {
    cpu: Math.min(...costs.map(({ cpu }) => cpu)),
    heap: Math.min(...costs.map(({ heap }) => heap)),
  };
}

const MAX_CPU = 200;
const MAX_HEAP = 50;

describe.each(Object.entries(BOMBS))('%s', (_, [limit, where, make]) => {
  it('is refused, with the node named, for less than 200 ms of CPU and 50 MB', () => {
    const bytes = writeOnnx(make());
    const { faults } = bound(bytes, { x: [10_000] });
    expect(faults.map((fault) => fault.limit)).toContain(limit);
    expect(faults.find((fault) => fault.limit === limit)?.message).toContain(where);
    const { cpu, heap } = costOf(() => bound(bytes, { x: [10_000] }));
    expect(cpu).toBeLessThan(MAX_CPU);
    expect(heap).toBeLessThan(MAX_HEAP);
  });
});

it('a file of nothing but empty nodes is refused within the same costs', () => {
  const bytes = new Uint8Array(2 ** 24).fill(0);
  for (let at = 0; at < bytes.length; at += 2) bytes[at] = 0x0a;
  bytes.set([0x3a, 0xfa, 0xff, 0xff, 0x07], 0);
  const { cpu, heap } = costOf(() => {
    expect(() => readOnnx(bytes)).toThrow('more than 200000 values');
  });
  expect(cpu).toBeLessThan(MAX_CPU);
  expect(heap).toBeLessThan(MAX_HEAP);
});

describe('a model that is in use', () => {
  const [rows, tokens] = [4, 512];
  const shapes: InputDims = {
    tokens: [rows, tokens],
    positions: [rows, tokens],
    attention_bias: [rows, tokens, tokens],
    answer_index: [rows * 32],
    patch_features: [rows, tokens, 192],
    patches: [64, 768],
    input_ids: [rows, tokens],
    position_ids: [rows, tokens],
    attention_mask: [rows, tokens],
  };
  const shapesOf = ({ graph }: OnnxModel): InputDims => {
    const caches = graph.inputs.filter(({ name }) => name.startsWith('past_key_values'));
    const noCache = caches.map(({ name, type }) => {
      const dims = type?.tensor?.shape?.dims ?? [];
      return [name, [rows, dims[1]?.size ?? 0, 0, dims[3]?.size ?? 0]] as const;
    });
    return { ...shapes, ...Object.fromEntries(noCache) };
  };
  const files = [
    ...OWN_FILES.map((path) => [`models/${path}`, () => ownFile(path)] as const),
    ...FOREIGN_MODELS.map((id) => [id, () => foreignFile(`${id}/model.onnx`)] as const),
  ];

  it.each(files)('is within the limits: %s', (_, read) => {
    const bytes = read();
    const bounds = bound(bytes, shapesOf(readOnnx(bytes)));
    expect(bounds.faults).toEqual([]);
    expect(bounds.constantBytes).toBeLessThan(GRAPH_LIMITS.constantBytes / 2);
    expect(bounds.constantWork).toBeLessThan(GRAPH_LIMITS.constantWork / 2);
    expect(bounds.runWork).toBeGreaterThan(1e6);
  });

  it('is over them when its batch is too large', () => {
    const bytes = ownFile('text-only/model.onnx');
    const { faults } = bound(bytes, {
      ...shapes,
      tokens: [64, 2048],
      positions: [64, 2048],
      attention_bias: [64, 2048, 2048],
    });
    expect(faults.map(({ limit }) => limit)).toContain('runBytes');
    expect(faults.map(({ limit }) => limit)).toContain('runWork');
  });

  it('counts a product by hand', () => {
    const nodes = [makeNode('MatMul', ['w', 'w'], ['p']), makeNode('MatMul', ['p', 'w'], ['q'])];
    const bounds = bound(writeOnnx(modelOf(nodes, [zeros('w', [10, 10])])), { x: [7] });
    // w, p, q, the maximum of q, and that again after Cast; in x, one, y: 7 + 1 + 7 elements.
    expect(bounds.constantBytes).toBe(4 * (100 + 100 + 100 + 1 + 1));
    expect(bounds.constantWork).toBe(1000 + 1000 + (100 + 1) + (1 + 1));
    expect(bounds.runBytes).toBe(4 * (7 + 7));
    expect(bounds.runWork).toBe(7 + 1 + 7);
  });
});
