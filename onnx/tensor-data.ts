import Pbf from 'pbf';
import { DATA_TYPE, EXTERNAL, type OnnxTensor } from './model.ts';

/** Sizes and values of constants. */

const BITS: ReadonlyMap<number, number> = new Map([
  ...(['uint4', 'int4', 'float4e2m1'] as const).map((name) => [DATA_TYPE[name], 4] as const),
  ...(
    [
      'uint8',
      'int8',
      'bool',
      'float8e4m3fn',
      'float8e4m3fnuz',
      'float8e5m2',
      'float8e5m2fnuz',
    ] as const
  ).map((name) => [DATA_TYPE[name], 8] as const),
  ...(['uint16', 'int16', 'float16', 'bfloat16'] as const).map(
    (name) => [DATA_TYPE[name], 16] as const,
  ),
  ...(['float32', 'int32', 'uint32'] as const).map((name) => [DATA_TYPE[name], 32] as const),
  ...(['float64', 'int64', 'uint64', 'complex64'] as const).map(
    (name) => [DATA_TYPE[name], 64] as const,
  ),
  [DATA_TYPE.complex128, 128],
]);

/** Bits of one value; undefined for strings and unknown types. */
export const elementBits = (dataType: number): number | undefined => BITS.get(dataType);

export const elementCount = (dims: readonly number[]): number => dims.reduce((a, b) => a * b, 1);

/** The name of a data type, for messages. */
export const dataTypeName = (dataType: number): string =>
  Object.entries(DATA_TYPE).find(([, number]) => number === dataType)?.[0] ?? `type ${dataType}`;

/** Bytes of a tensor in memory; undefined for strings and unknown types. */
export function tensorBytes(dataType: number, dims: readonly number[]): number | undefined {
  const bits = elementBits(dataType);
  return bits === undefined ? undefined : Math.ceil((elementCount(dims) * bits) / 8);
}

/**
 * Values stored in a tensor's data fields.
 *
 * @returns undefined where they are in another file
 */
function storedElements(tensor: OnnxTensor): number | undefined {
  if (tensor.dataLocation === EXTERNAL) return undefined;
  const bits = elementBits(tensor.dataType);
  if (bits === undefined) return tensor.stringData.length;
  if (tensor.rawData) return Math.floor((tensor.rawData.length * 8) / bits);
  if (tensor.floatData) return tensor.floatData.length / (bits > 32 ? bits / 8 : 4);
  if (tensor.doubleData) return tensor.doubleData.length / (bits / 8);
  const varints = tensor.int32Data ?? tensor.int64Data ?? tensor.uint64Data;
  return varints ? varints.reduce((count, byte) => (byte < 0x80 ? count + 1 : count), 0) : 0;
}

/** @returns what is wrong with a constant's size: ONNX Runtime reserves what `dims` says */
export function tensorFault(tensor: OnnxTensor): string | undefined {
  const { dims, dataType } = tensor;
  if (dims.some((size) => size < 0)) return `has the size [${dims.join(', ')}]`;
  if (elementBits(dataType) === undefined) return `has the data type ${dataTypeName(dataType)}`;
  const stored = storedElements(tensor);
  const declared = elementCount(dims);
  // Two values of 4 bits share a byte.
  const fits =
    stored === undefined ||
    stored === declared ||
    (stored === declared + 1 && elementBits(dataType) === 4);
  return fits ? undefined : `declares ${declared} values and holds ${stored}`;
}

/** Files with weights that a tensor refers to; empty where the reference has no location. */
export const externalLocations = ({ dataLocation, externalData }: OnnxTensor): string[] => {
  const locations = externalData.filter(({ key }) => key === 'location').map(({ value }) => value);
  return dataLocation === EXTERNAL && locations.length === 0 ? [''] : locations;
};

/**
 * The numbers in a small constant, row-major; undefined where there are more than `most`, or they are
 * in another file, or of a type that sizes are not computed with.
 */
export function smallValues(tensor: OnnxTensor, most: number): number[] | undefined {
  const { dims, dataType, rawData, dataLocation } = tensor;
  const count = elementCount(dims);
  if (count > most || dataLocation === EXTERNAL || tensorFault(tensor) !== undefined)
    return undefined;
  const bytes = rawData ?? (dataType === DATA_TYPE.float32 ? tensor.floatData : tensor.doubleData);
  if (bytes) return fixedWidthValues(bytes, dataType, count);
  const varints = tensor.int32Data ?? tensor.int64Data;
  if (!varints) return count === 0 ? [] : undefined;
  const pbf = new Pbf(varints);
  return Array.from({ length: count }, () => pbf.readVarint(true));
}

function fixedWidthValues(
  bytes: Uint8Array,
  dataType: number,
  count: number,
): number[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read = READERS.get(dataType);
  return read && Array.from({ length: count }, (_, index) => read(view, index));
}

const READERS: ReadonlyMap<number, (view: DataView, index: number) => number> = new Map([
  [DATA_TYPE.float32, (view, index) => view.getFloat32(4 * index, true)],
  [DATA_TYPE.float64, (view, index) => view.getFloat64(8 * index, true)],
  [DATA_TYPE.int64, (view, index) => Number(view.getBigInt64(8 * index, true))],
  [DATA_TYPE.int32, (view, index) => view.getInt32(4 * index, true)],
  [DATA_TYPE.uint32, (view, index) => view.getUint32(4 * index, true)],
  [DATA_TYPE.uint8, (view, index) => view.getUint8(index)],
  [DATA_TYPE.int8, (view, index) => view.getInt8(index)],
  [DATA_TYPE.bool, (view, index) => (view.getUint8(index) === 0 ? 0 : 1)],
]);
