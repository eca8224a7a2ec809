import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OnnxError } from '../../onnx/errors.ts';
import {
  float32Values,
  readSafetensors,
  writeSafetensors,
  type SafetensorsTensor,
} from '../../onnx/safetensors.ts';

const bytesOf = ({ buffer }: { readonly buffer: ArrayBuffer }) => new Uint8Array(buffer);

const WEIGHT: SafetensorsTensor = {
  name: 'weight',
  type: 'float32',
  shape: [2, 2],
  bytes: bytesOf(Float32Array.of(1, -2, 0.5, 3)),
};
const HALF: SafetensorsTensor = {
  name: 'half',
  type: 'float16',
  shape: [3],
  bytes: Uint8Array.of(0, 60, 0, 64, 0, 66),
};
const IDS: SafetensorsTensor = {
  name: 'ids',
  type: 'int64',
  shape: [1],
  bytes: bytesOf(BigInt64Array.of(7n)),
};
const EMPTY: SafetensorsTensor = {
  name: 'empty',
  type: 'float32',
  shape: [0, 4],
  bytes: new Uint8Array(0),
};
const METADATA = { format: 'pt', note: 'é' };
const written = writeSafetensors([HALF, WEIGHT, IDS, EMPTY], METADATA);

/** A file with any header. */
function fileOf(header: unknown, values: number): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const length = bytesOf(BigUint64Array.of(BigInt(text.length)));
  return new Uint8Array([...length, ...text, ...new Uint8Array(values)]);
}

describe('a file', () => {
  it('is the same after writing and reading, wide types first', () => {
    const { tensors, metadata } = readSafetensors(written);
    expect(metadata).toEqual(METADATA);
    expect(tensors.filter(({ name }) => name !== 'empty')).toEqual([IDS, WEIGHT, HALF]);
    expect(tensors).toContainEqual(EMPTY);
  });

  it('is read wherever in its buffer it starts', () => {
    const shifted = new Uint8Array(written.length + 3);
    shifted.set(written, 3);
    const { tensors } = readSafetensors(shifted.subarray(3));
    const weight = tensors.find(({ name }) => name === 'weight');
    expect(weight?.bytes.buffer).toBe(shifted.buffer);
    expect(weight && float32Values(weight)).toEqual(Float32Array.of(1, -2, 0.5, 3));
  });

  it('has the bytes of the format', () => {
    const one = { ...WEIGHT, name: 'a', shape: [1], bytes: bytesOf(Float32Array.of(1)) };
    const header = '{"__metadata__":{},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}';
    const padded = header.padEnd(Math.ceil(header.length / 8) * 8);
    expect([...writeSafetensors([one], {})]).toEqual([
      ...[padded.length, 0, 0, 0, 0, 0, 0, 0],
      ...new TextEncoder().encode(padded),
      ...[0, 0, 128, 63],
    ]);
  });
});

describe('what is no such file', () => {
  const a = { dtype: 'F32', shape: [1], data_offsets: [0, 4] };
  it.each<[string, Uint8Array, string]>([
    ['nothing', new Uint8Array(0), 'shorter than 8 bytes'],
    [
      'a header beyond the end',
      new Uint8Array(8).fill(255),
      'the header has 18446744073709552000 bytes',
    ],
    ['a header that is no JSON', Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 123), 'not JSON'],
    ['a header that is a list', fileOf([], 0), 'not an object'],
    [
      'an unknown type',
      fileOf({ a: { ...a, dtype: 'F3' } }, 4),
      '"a" has the type "F3"; allowed are F64,',
    ],
    [
      'a type of the prototype',
      fileOf({ a: { ...a, dtype: 'toString' } }, 4),
      '"a" has the type "toString"',
    ],
    ['no shape', fileOf({ a: { ...a, shape: [-1] } }, 4), '"a" has no shape'],
    ['too few values', fileOf({ a }, 3), '"a" needs 4 bytes; it has 0 to 4 of 3'],
    ['another size', fileOf({ a: { ...a, shape: [2] } }, 4), '"a" needs 8 bytes'],
    ['a gap', fileOf({ a: { ...a, data_offsets: [4, 8] } }, 8), 'a gap at byte 4'],
    ['an overlap', fileOf({ a, b: a }, 4), 'overlap or have a gap at byte 0'],
    ['more values than described', fileOf({ a }, 8), 'describes 4 bytes of 8'],
    ['metadata with numbers', fileOf({ __metadata__: { n: 1 } }, 0), 'not strings'],
  ])('%s', (_, file, message) => {
    expect(() => readSafetensors(file)).toThrow(OnnxError);
    expect(() => readSafetensors(file)).toThrow(message);
  });

  it('whatever the bytes, is refused or read', () => {
    const damage = fc.tuple(fc.nat(written.length - 1), fc.nat(255), fc.nat(written.length));
    const check = fc.property(damage, ([at, value, end]) => {
      const damaged = written.slice();
      damaged[at] = value;
      try {
        readSafetensors(damaged.subarray(0, end));
      } catch (error) {
        expect(error).toBeInstanceOf(OnnxError);
      }
    });
    fc.assert(check, { numRuns: 1000 });
  });

  it('is not written', () => {
    expect(() => writeSafetensors([{ ...WEIGHT, shape: [2] }], {})).toThrow(
      'tensor "weight" has 16 bytes instead of 8',
    );
    expect(() => float32Values(HALF)).toThrow('tensor "half" is float16, not float32');
  });
});
