import Pbf from 'pbf';
import { OnnxError } from './errors.ts';
import type { OnnxModel } from './model.ts';
import { MODEL, type Field, type ScalarKind, type Schema } from './schema.ts';
import { allTensors } from './walk.ts';

/** What reading a file may cost, so that no file takes unbounded time or memory. */
export interface ReadLimits {
  /** Values in the whole file: a weight's bytes count as one, a list of sizes as many. */
  readonly values: number;
  /** Messages inside one another; a subgraph takes three. */
  readonly depth: number;
  /** Bytes of a name. */
  readonly stringBytes: number;
}

export const READ_LIMITS: ReadLimits = { values: 200_000, depth: 40, stringBytes: 4096 };

/** A message while it is read: properties as in `model.ts`. */
type Message = Record<string, unknown> & { unread: Uint8Array[] };

/** Protobuf wire types. */
const VARINT = 0;
const LENGTH_DELIMITED = 2;
const FIXED_32 = 5;

const WIRE_TYPE: Readonly<Record<ScalarKind, number>> = {
  int: VARINT,
  int64: VARINT,
  float: FIXED_32,
  string: LENGTH_DELIMITED,
  bytes: LENGTH_DELIMITED,
  packed: LENGTH_DELIMITED,
};

/**
 * Reads an ONNX file. Two messages one after another are one model, as Protobuf defines it: lists are
 * joined, messages merged, and of single values the last one counts.
 *
 * @param bytes the file; values of tensors are views of it, not copies
 * @throws OnnxError when the bytes are not an ONNX model, or exceed a limit
 */
export function readOnnx(bytes: Uint8Array, limits: ReadLimits = READ_LIMITS): OnnxModel {
  try {
    const model = new MessageReader(bytes, limits).read(MODEL, bytes.length, 0);
    if (model['graph'] === undefined) throw new OnnxError('the file has no graph');
    return model as unknown as OnnxModel;
  } catch (error) {
    if (error instanceof OnnxError) throw error;
    throw new OnnxError('the file is not an ONNX model', { cause: error });
  }
}

class MessageReader {
  readonly #pbf: Pbf;
  readonly #limits: ReadLimits;
  #values = 0;

  constructor(
    private readonly bytes: Uint8Array,
    limits: ReadLimits,
  ) {
    this.#pbf = new Pbf(bytes);
    // pbf ignores where in its buffer a view starts.
    this.#pbf.dataView = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#limits = limits;
  }

  /** @param into the message that an earlier part of the file began */
  read(schema: Schema, end: number, depth: number, into = emptyMessage(schema)): Message {
    if (depth > this.#limits.depth) {
      throw new OnnxError(`messages are more than ${this.#limits.depth} deep in one another`);
    }
    const pbf = this.#pbf;
    const fields = fieldsByNumber(schema);
    while (pbf.pos < end) {
      const start = pbf.pos;
      const key = pbf.readVarint();
      if (key > 0xffffffff) throw new OnnxError('a field number is too large');
      const field = fields.get(key >>> 3);
      this.#count(1);
      if (field) this.#readField(field, key & 7, end, depth, into);
      else pbf.skip(key);
      if (pbf.pos > end) throw truncated();
      if (!field) into.unread.push(this.bytes.subarray(start, pbf.pos));
    }
    return into;
  }

  #readField(field: NamedField, wireType: number, end: number, depth: number, into: Message): void {
    const { property, kind, repeated } = field;
    const list = into[property] as unknown[];
    if (typeof kind === 'function') {
      const until = this.#delimited(property, wireType, end);
      const begun = repeated ? undefined : (into[property] as Message | undefined);
      const message = this.read(kind(), until, depth + 1, begun);
      if (repeated) list.push(message);
      else into[property] = message;
    } else if (repeated && wireType === LENGTH_DELIMITED && WIRE_TYPE[kind] !== LENGTH_DELIMITED) {
      const until = this.#delimited(property, wireType, end);
      while (this.#pbf.pos < until) {
        this.#count(1);
        list.push(this.#readScalar(field, kind, WIRE_TYPE[kind], until));
      }
      if (this.#pbf.pos > until) throw truncated();
    } else {
      const value = this.#readScalar(field, kind, wireType, end);
      if (repeated) list.push(value);
      else if (kind === 'packed' && into[property] !== undefined) {
        throw new OnnxError(`${property} of a tensor is in two parts`);
      } else into[property] = value;
    }
  }

  #readScalar({ property }: NamedField, kind: ScalarKind, wireType: number, end: number): unknown {
    const pbf = this.#pbf;
    if (wireType !== WIRE_TYPE[kind]) throw wrongWireType(property, wireType);
    if (kind === 'int') return pbf.readVarint(true);
    if (kind === 'int64') return readInt64(pbf);
    if (kind === 'float') return pbf.readFloat();
    const until = this.#delimited(property, wireType, end);
    const start = pbf.pos;
    pbf.pos = until;
    if (kind !== 'string') return this.bytes.subarray(start, until);
    if (until - start > this.#limits.stringBytes) {
      throw new OnnxError(`${property} is longer than ${this.#limits.stringBytes} bytes`);
    }
    return new TextDecoder().decode(this.bytes.subarray(start, until));
  }

  /** @returns where what comes next ends */
  #delimited(property: string, wireType: number, end: number): number {
    if (wireType !== LENGTH_DELIMITED) throw wrongWireType(property, wireType);
    const length = this.#pbf.readVarint();
    if (length > end - this.#pbf.pos) throw truncated();
    return this.#pbf.pos + length;
  }

  #count(values: number): void {
    this.#values += values;
    if (this.#values > this.#limits.values) {
      throw new OnnxError(`the file holds more than ${this.#limits.values} values`);
    }
  }
}

/** @returns the bytes of one Protobuf message */
export function writeOnnx(model: OnnxModel): Uint8Array<ArrayBuffer> {
  // Room for all at once: growing would hold the weights twice.
  const weights = [...allTensors(model.graph)].reduce(
    (sum, { rawData }) => sum + (rawData?.length ?? 0),
    0,
  );
  const pbf = new Pbf(new Uint8Array(weights + 2 ** 18));
  writeFields(MODEL, model, pbf);
  return pbf.finish() as Uint8Array<ArrayBuffer>;
}

function writeFields(schema: Schema, message: object, pbf: Pbf): void {
  const values = message as Readonly<Record<string, unknown>>;
  for (const [property, field] of Object.entries(schema)) {
    const value = values[property];
    if (field.repeated) for (const item of value as unknown[]) writeField(field, item, pbf);
    else if (value !== undefined && value !== field.absent) writeField(field, value, pbf);
  }
  for (const field of values['unread'] as Uint8Array[]) writeRaw(field, pbf);
}

function writeField({ number, kind }: Field, value: unknown, pbf: Pbf): void {
  if (typeof kind === 'function') {
    pbf.writeTag(number, LENGTH_DELIMITED);
    const start = pbf.pos;
    writeFields(kind(), value as object, pbf);
    insertBytes(varintBytes(BigInt(pbf.pos - start)), start, pbf);
  } else if (kind === 'bytes' || kind === 'packed') {
    const bytes = value as Uint8Array;
    pbf.writeTag(number, LENGTH_DELIMITED);
    pbf.writeVarint(bytes.length);
    writeRaw(bytes, pbf);
  } else if (kind === 'string') pbf.writeStringField(number, value as string);
  else if (kind === 'float') pbf.writeFloatField(number, value as number);
  else if (kind === 'int') pbf.writeVarintField(number, value as number);
  else {
    pbf.writeTag(number, VARINT);
    writeRaw(varintBytes(value as bigint), pbf);
  }
}

/** A message's length comes before it and is known only after it. pbf's own way moves byte by byte. */
function insertBytes(bytes: Uint8Array, at: number, pbf: Pbf): void {
  pbf.realloc(bytes.length);
  pbf.buf.copyWithin(at + bytes.length, at, pbf.pos);
  pbf.buf.set(bytes, at);
  pbf.pos += bytes.length;
}

function writeRaw(bytes: Uint8Array, pbf: Pbf): void {
  pbf.realloc(bytes.length);
  pbf.buf.set(bytes, pbf.pos);
  pbf.pos += bytes.length;
}

/** pbf reads 64-bit integers as doubles, which are exact to 53 bits only. */
function readInt64(pbf: Pbf): bigint {
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = pbf.buf[pbf.pos++];
    if (byte === undefined) throw truncated();
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return BigInt.asIntN(64, value);
  }
  throw new OnnxError('an integer is longer than 10 bytes');
}

function varintBytes(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

interface NamedField extends Field {
  readonly property: string;
}

const numbered = new WeakMap<Schema, ReadonlyMap<number, NamedField>>();

function fieldsByNumber(schema: Schema): ReadonlyMap<number, NamedField> {
  const known = numbered.get(schema);
  if (known) return known;
  const fields = new Map(
    Object.entries(schema).map(([property, field]) => [field.number, { ...field, property }]),
  );
  numbered.set(schema, fields);
  return fields;
}

function emptyMessage(schema: Schema): Message {
  const message: Message = { unread: [] };
  for (const [property, { repeated, absent }] of Object.entries(schema)) {
    if (repeated) message[property] = [];
    else if (absent !== undefined) message[property] = absent;
  }
  return message;
}

const truncated = () => new OnnxError('the file is cut off, or a length in it is wrong');

const wrongWireType = (property: string, wireType: number) =>
  new OnnxError(`${property} has wire type ${wireType}, which its type does not have`);
