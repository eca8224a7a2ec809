import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeGraph, makeModel, makeNode, makeTensor, makeValueInfo } from '../../onnx/build.ts';
import { READ_LIMITS, readOnnx, writeOnnx } from '../../onnx/codec.ts';
import { OnnxError } from '../../onnx/errors.ts';
import type { OnnxGraph, OnnxModel } from '../../onnx/model.ts';
import { FOREIGN_MODELS, foreignFile, ownFile } from '../fixtures/onnx/files.ts';

const tiny = (): OnnxModel => {
  const branch = makeGraph({
    nodes: [makeNode('Neg', ['x'], ['b'])],
    inputs: [],
    outputs: [makeValueInfo('b', 1, [])],
  });
  const graph = makeGraph({
    name: 'tiny',
    nodes: [
      makeNode('Slice', ['x'], ['s'], { attributes: { axes: [0, -1], ends: [3, 4], to: 'é' } }),
      makeNode('If', ['c', '', 's'], ['y'], {
        name: 'choice',
        domain: 'com.example',
        attributes: { then_branch: { graph: branch }, alpha: { float: 0.5 }, axis: -2 },
      }),
    ],
    initializers: [makeTensor('w', 'float32', [2, 0, 3], new Float32Array(0))],
    inputs: [makeValueInfo('x', 1, ['batch', 0, 4])],
    outputs: [makeValueInfo('y', 7, [])],
  });
  return makeModel(graph, 17);
};

const concatenated = (...parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts));

describe('a model', () => {
  it('is the same after writing and reading', () => {
    const model = tiny();
    expect(readOnnx(writeOnnx(model))).toEqual(model);
  });

  it('keeps integers of 64 bits', () => {
    const ends = [9223372036854775807n, -9223372036854775808n, -1n, 0n];
    const model = tiny();
    const [slice, ...others] = model.graph.nodes;
    const attributes = slice?.attributes.map((attribute) => ({ ...attribute, ints: ends })) ?? [];
    const nodes = [{ ...makeNode('Slice', ['x'], ['s']), attributes }, ...others];
    const read = readOnnx(writeOnnx({ ...model, graph: { ...model.graph, nodes } }));
    expect(read.graph.nodes[0]?.attributes[0]?.ints).toEqual(ends);
  });

  it('keeps fields that are not in the table', () => {
    // doc_string (6) of the model, a varint field 99.
    const extra = [0x32, 2, 0x68, 0x69, 0x98, 0x06, 7];
    const bytes = concatenated(writeOnnx(tiny()), Uint8Array.from(extra));
    const model = readOnnx(bytes);
    expect(model.unread.flatMap((field) => [...field])).toEqual(extra);
    expect(readOnnx(writeOnnx(model))).toEqual(model);
  });

  it.each(FOREIGN_MODELS)('of another tool is the same after writing and reading: %s', (id) => {
    const bytes = foreignFile(`${id}/model.onnx`);
    const model = readOnnx(bytes);
    const written = writeOnnx(model);
    expect(isDeepStrictEqual(readOnnx(written), model)).toBe(true);
    // An empty name, which some tools write, is all that is left out.
    expect(bytes.length - written.length).toBeLessThan(8);
  });

  it('gives values as views of the file, wherever in its buffer the file starts', () => {
    const bytes = foreignFile('gpt/model.onnx');
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    const model = readOnnx(shifted.subarray(3));
    for (const { rawData } of model.graph.initializers) {
      expect(rawData?.buffer).toBe(shifted.buffer);
    }
    expect(isDeepStrictEqual(model, readOnnx(bytes))).toBe(true);
  });
});

describe('two messages one after another', () => {
  it('are one model', () => {
    const { graph, ...rest } = tiny();
    const empty: OnnxGraph = makeGraph({ nodes: [], inputs: [], outputs: [] });
    const first = writeOnnx({ ...rest, graph: { ...graph, initializers: [] } });
    const weights = { ...empty, initializers: graph.initializers };
    const second = writeOnnx({ ...makeModel(weights, 0), irVersion: 0, opsetImports: [] });
    expect(readOnnx(concatenated(first, second))).toEqual({ graph, ...rest });
  });

  it('are how shipped models bring their weights', () => {
    const model = readOnnx(ownFile('text-only/model.onnx'));
    const used = new Set(model.graph.nodes.flatMap(({ inputs }) => inputs));
    const weights = model.graph.initializers.filter(({ name }) => used.has(name));
    expect(weights.length).toBeGreaterThan(90);
    expect(weights.map(({ name }) => name)).toContain('unembedding');
  });
});

describe('a file that is no model', () => {
  const message = (bytes: Uint8Array, limits = READ_LIMITS): string => {
    try {
      readOnnx(bytes, limits);
    } catch (error) {
      expect(error).toBeInstanceOf(OnnxError);
      return (error as OnnxError).message;
    }
    return 'was read';
  };
  const bytes = writeOnnx(tiny());

  it.each<[string, number[], string]>([
    ['nothing', [], 'the file has no graph'],
    ['a length beyond the end', [0x3a, 0xff, 0x7f], 'cut off'],
    ['a length of 2^63', [0x3a, 255, 255, 255, 255, 255, 255, 255, 255, 127], 'cut off'],
    ['a number that does not end', [0x08, ...Array<number>(11).fill(255)], 'not an ONNX model'],
    ['a graph as a number', [0x38, 1], 'graph has wire type 0'],
    ['a field of a group', [0x3b], 'graph has wire type 3'],
    ['a group', [0x9b, 6], 'not an ONNX model'],
    ['a name longer than its node', [0x3a, 4, 0x0a, 2, 0x0a, 3, 65, 65, 65], 'cut off'],
  ])('%s', (_, content, expected) => {
    expect(message(Uint8Array.from(content))).toContain(expected);
  });

  it('cut anywhere, or with one byte changed, is refused or read', () => {
    const damage = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255), fc.nat(bytes.length));
    const check = fc.property(damage, ([at, value, end]) => {
      const damaged = bytes.slice();
      damaged[at] = value;
      message(damaged.subarray(0, end));
    });
    fc.assert(check, { numRuns: 1000 });
  });

  it('of any bytes is refused', () => {
    const check = fc.property(fc.uint8Array({ maxLength: 200 }), (content) => {
      expect(message(content)).not.toBe('was read');
    });
    fc.assert(check, { numRuns: 500 });
  });

  it('is bounded in depth, number of values and length of names', () => {
    let graph = tiny().graph;
    for (let level = 0; level < 20; level++) {
      const attributes = { then_branch: { graph } };
      graph = makeGraph({
        nodes: [makeNode('If', ['c'], ['y'], { attributes })],
        inputs: [],
        outputs: [],
      });
    }
    expect(message(writeOnnx(makeModel(graph, 17)))).toBe(
      'messages are more than 40 deep in one another',
    );
    expect(message(bytes, { ...READ_LIMITS, values: 20 })).toContain('more than 20 values');
    const packed = Uint8Array.from([0x3a, 34, 0x2a, 32, 0x0a, 30, ...Array<number>(30).fill(1)]);
    expect(message(packed, { ...READ_LIMITS, values: 20 })).toContain('more than 20 values');
    expect(message(bytes, { ...READ_LIMITS, stringBytes: 3 })).toContain('longer than 3 bytes');
  });
});
