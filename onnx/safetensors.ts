import { OnnxError } from './errors.ts';
import { elementCount } from './tensor-data.ts';

/** One tensor of a safetensors file. */
export interface SafetensorsTensor {
  readonly name: string;
  readonly type: 'float32' | 'float16';
  readonly shape: readonly number[];
  /** Little-endian, row-major. */
  readonly bytes: Uint8Array;
}

const TYPES = {
  float32: { name: 'F32', bytes: 4 },
  float16: { name: 'F16', bytes: 2 },
} as const;

/** Bytes before the header: its length, as a 64-bit integer. */
const LENGTH_BYTES = 8;

/**
 * Writes a safetensors file. Tensors that are wider come first, so that each one is aligned to its own
 * size; those of the same type keep their order.
 *
 * @param metadata stored as `__metadata__`
 * @throws OnnxError where a tensor has another number of bytes than its shape says
 * @see https://github.com/huggingface/safetensors#format
 */
export function writeSafetensors(
  tensors: readonly SafetensorsTensor[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const ordered = [...tensors].sort((a, b) => TYPES[b.type].bytes - TYPES[a.type].bytes);
  let end = 0;
  const entries = ordered.map(({ name, type, shape, bytes }) => {
    const expected = elementCount(shape) * TYPES[type].bytes;
    if (bytes.length !== expected) {
      throw new OnnxError(`tensor "${name}" has ${bytes.length} bytes instead of ${expected}`);
    }
    const start = end;
    end += bytes.length;
    return [name, { dtype: TYPES[type].name, shape, data_offsets: [start, end] }] as const;
  });
  const header = paddedHeader({ __metadata__: metadata, ...Object.fromEntries(entries) });

  const file = new Uint8Array(LENGTH_BYTES + header.length + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
  file.set(header, LENGTH_BYTES);
  let offset = LENGTH_BYTES + header.length;
  for (const { bytes } of ordered) {
    file.set(bytes, offset);
    offset += bytes.length;
  }
  return file;
}

/** JSON, padded with spaces so that the tensors start at a multiple of 8 bytes. */
function paddedHeader(content: object): Uint8Array {
  const header = new TextEncoder().encode(JSON.stringify(content));
  const padded = new Uint8Array(8 * Math.ceil(header.length / 8)).fill(' '.charCodeAt(0));
  padded.set(header);
  return padded;
}
