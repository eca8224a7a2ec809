import { OnnxError } from './errors.ts';
import { elementCount } from './tensor-data.ts';

/**
 * Safetensors files, in which Hugging Face keeps weights: the length of a header (8 bytes), the header
 * in JSON, then the values of all tensors without gaps.
 *
 * @see https://huggingface.co/docs/safetensors/index#format
 */

/** One tensor of a safetensors file. */
export interface SafetensorsTensor {
  readonly name: string;
  readonly type: SafetensorsType;
  readonly shape: readonly number[];
  /** Little-endian, row-major; of a file that was read, a view. */
  readonly bytes: Uint8Array;
}

const TYPES = {
  float64: { name: 'F64', bytes: 8 },
  float32: { name: 'F32', bytes: 4 },
  float16: { name: 'F16', bytes: 2 },
  bfloat16: { name: 'BF16', bytes: 2 },
  int64: { name: 'I64', bytes: 8 },
  int32: { name: 'I32', bytes: 4 },
  int16: { name: 'I16', bytes: 2 },
  int8: { name: 'I8', bytes: 1 },
  uint8: { name: 'U8', bytes: 1 },
  bool: { name: 'BOOL', bytes: 1 },
} as const;

export type SafetensorsType = keyof typeof TYPES;

/** Bytes before the header: its length, as a 64-bit integer. */
const LENGTH_BYTES = 8;

/** Most bytes of a header, as in the reference implementation. */
const MAX_HEADER_BYTES = 100_000_000;

const METADATA = '__metadata__';

/**
 * Writes a safetensors file. Tensors that are wider come first, so that each one is aligned to its own
 * size; those of the same type keep their order.
 *
 * @param metadata stored as `__metadata__`
 * @throws OnnxError where a tensor has another number of bytes than its shape says
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
  const header = paddedHeader({ [METADATA]: metadata, ...Object.fromEntries(entries) });

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

export interface SafetensorsFile {
  /** In the order of their values. */
  readonly tensors: readonly SafetensorsTensor[];
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Reads a safetensors file.
 *
 * @throws OnnxError where it is cut off, values overlap or have gaps, or the header is not one
 */
export function readSafetensors(file: Uint8Array): SafetensorsFile {
  const { header, length } = readHeader(file);
  const values = file.subarray(LENGTH_BYTES + length);
  const entries = Object.entries(header)
    .filter(([name]) => name !== METADATA)
    .map(([name, entry]) => readEntry(name, entry))
    .sort((a, b) => a.start - b.start || a.end - b.end);
  let covered = 0;
  const tensors = entries.map(({ name, type, shape, start, end }): SafetensorsTensor => {
    if (start !== covered) throw new OnnxError(`values overlap or have a gap at byte ${start}`);
    covered = end;
    const expected = elementCount(shape) * TYPES[type].bytes;
    if (end - start !== expected || end > values.length) {
      throw new OnnxError(
        `tensor "${name}" needs ${expected} bytes; it has ${start} to ${end} of ${values.length}`,
      );
    }
    return { name, type, shape, bytes: values.subarray(start, end) };
  });
  if (covered !== values.length) {
    throw new OnnxError(`the header describes ${covered} bytes of ${values.length}`);
  }
  return { tensors, metadata: readMetadata(header[METADATA]) };
}

/**
 * The values of a float32 tensor, copied, since in a file they need not be aligned.
 *
 * @throws OnnxError for another type
 */
export function float32Values({ name, type, bytes }: SafetensorsTensor): Float32Array {
  if (type !== 'float32') throw new OnnxError(`tensor "${name}" is ${type}, not float32`);
  return new Float32Array(bytes.slice().buffer);
}

function readHeader(file: Uint8Array) {
  if (file.length < LENGTH_BYTES) throw new OnnxError('the file is shorter than 8 bytes');
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const length = Number(view.getBigUint64(0, true));
  if (length > MAX_HEADER_BYTES || length > file.length - LENGTH_BYTES) {
    throw new OnnxError(`the header has ${length} bytes, and the file ${file.length}`);
  }
  let header: unknown;
  try {
    const text = file.subarray(LENGTH_BYTES, LENGTH_BYTES + length);
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(text));
  } catch (error) {
    throw new OnnxError('the header is not JSON', { cause: error });
  }
  if (!isRecord(header)) throw new OnnxError('the header is not an object');
  return { header, length };
}

function readEntry(name: string, entry: unknown) {
  const { dtype, shape, data_offsets: offsets } = isRecord(entry) ? entry : {};
  const types = Object.keys(TYPES) as SafetensorsType[];
  const type = types.find((candidate) => TYPES[candidate].name === dtype);
  if (!type) {
    const allowed = types.map((candidate) => TYPES[candidate].name).join(', ');
    throw new OnnxError(
      `tensor "${name}" has the type ${JSON.stringify(dtype)}; allowed are ${allowed}`,
    );
  }
  if (!isSizes(shape) || !isSizes(offsets)) {
    throw new OnnxError(`tensor "${name}" has no shape or no data_offsets`);
  }
  const [start = 0, end = 0] = offsets;
  return { name, type, shape, start, end };
}

function readMetadata(metadata: unknown): Record<string, string> {
  if (metadata === undefined) return {};
  if (isRecord(metadata) && Object.values(metadata).every((value) => typeof value === 'string')) {
    return metadata as Record<string, string>;
  }
  throw new OnnxError(`${METADATA} has values that are not strings`);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isSizes = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && Number(size) >= 0);
