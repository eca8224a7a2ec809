import {
  ELEMENT_BYTES,
  inferenceRequestSchema,
  JSON_LENGTH_HEADER,
  type Datatype,
  type InferenceRequest,
  type InferenceResponse,
  type InputTensor,
} from '../../contract/open-inference.ts';
import { invalidPart, Problem } from '../../services/problem.ts';
import { invalidRequest } from '../http/request-validation.ts';

/** Bodies of inference requests and answers: JSON, behind which binary tensors may stand. */

export interface Tensor {
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  /** Row-major. */
  readonly data: Int32Array | Float32Array;
}

export interface InferenceBody {
  readonly request: InferenceRequest;
  /** The inputs by name, each as large as its shape says, and finite. */
  readonly tensors: ReadonlyMap<string, Tensor>;
}

/** @throws Problem that names what is wrong with it */
export function parseInferenceBody(body: ArrayBuffer, jsonLength?: string): InferenceBody {
  const length = jsonLength === undefined ? body.byteLength : Number(jsonLength);
  if (!Number.isInteger(length) || length < 0 || length > body.byteLength) {
    const detail = `must be a number of bytes from 0 to ${body.byteLength}, the body's`;
    throw invalidPart(`header.${JSON_LENGTH_HEADER}`, detail);
  }
  const parsed = inferenceRequestSchema.safeParse(parseJson(body.slice(0, length)));
  if (!parsed.success) throw invalidRequest('body', parsed.error);
  const request = parsed.data;
  const tensors = new Map<string, Tensor>();
  let offset = length;
  request.inputs.forEach((input, place) => {
    const at = `body.inputs.${place}`;
    if (tensors.has(input.name)) throw invalidPart(`${at}.name`, `"${input.name}" comes twice`);
    const bytes = input.parameters?.binary_data_size;
    if (bytes !== undefined && offset + bytes > body.byteLength) {
      throw invalidPart(at, `the body ends before the ${bytes} bytes of this tensor`);
    }
    const data =
      bytes === undefined
        ? fromJson(input, at)
        : fromBytes(input, body.slice(offset, offset + bytes), at);
    offset += bytes ?? 0;
    tensors.set(input.name, { datatype: input.datatype, shape: input.shape, data });
  });
  if (offset < body.byteLength) {
    throw invalidPart('body', `${body.byteLength - offset} bytes behind the last tensor`);
  }
  return { request, tensors };
}

function parseJson(bytes: ArrayBuffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    throw new Problem('malformed-json', 'the body could not be parsed as JSON');
  }
}

const sizeOf = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);

function fromJson({ data, shape, datatype }: InputTensor, at: string): Tensor['data'] {
  if (!data) throw invalidPart(at, 'needs data, or binary_data_size among its parameters');
  const flat = data.flat(shape.length);
  requireSize(flat.length, shape, at);
  const wrong = flat.findIndex((element) => !isElement(element, datatype));
  if (wrong >= 0) throw invalidPart(`${at}.data.${wrong}`, `is not ${ELEMENTS[datatype]}`);
  return datatype === 'INT32'
    ? Int32Array.from(flat as number[])
    : Float32Array.from(flat as number[]);
}

function fromBytes(
  { shape, datatype }: InputTensor,
  bytes: ArrayBuffer,
  at: string,
): Tensor['data'] {
  if (bytes.byteLength % ELEMENT_BYTES > 0) {
    throw invalidPart(at, `binary_data_size must be a multiple of ${ELEMENT_BYTES}`);
  }
  requireSize(bytes.byteLength / ELEMENT_BYTES, shape, at);
  // Every machine that runs WebAssembly is little-endian, as the extension wants.
  if (datatype === 'INT32') return new Int32Array(bytes);
  const data = new Float32Array(bytes);
  const wrong = data.findIndex((element) => !Number.isFinite(element));
  if (wrong >= 0) throw invalidPart(`${at}.data.${wrong}`, `is not ${ELEMENTS.FP32}`);
  return data;
}

function requireSize(elements: number, shape: readonly number[], at: string): void {
  if (elements === sizeOf(shape)) return;
  throw invalidPart(
    at,
    `has ${elements} elements, its shape [${shape.join(', ')}] ${sizeOf(shape)}`,
  );
}

const ELEMENTS: Readonly<Record<Datatype, string>> = {
  INT32: 'a whole number of 32 bits',
  FP32: 'a finite number of single precision',
};

const isElement = (element: unknown, datatype: Datatype): element is number =>
  typeof element === 'number' &&
  (datatype === 'INT32' ? (element | 0) === element : Number.isFinite(Math.fround(element)));

type RequestedOutput = NonNullable<InferenceRequest['outputs']>[number];

/** An answer as it goes out: JSON alone, or with the tensors that were asked for in binary behind. */
export function encodeInferenceBody(
  { id, outputs, parameters }: InferenceRequest,
  model: Pick<InferenceResponse, 'model_name' | 'model_version'>,
  tensors: ReadonlyMap<string, Tensor>,
): { body: Uint8Array; headers: Record<string, string> } {
  const every = Array.from(tensors.keys(), (name): RequestedOutput => ({ name }));
  const asked = outputs?.length ? outputs : every;
  const binary: Uint8Array[] = [];
  const shown = asked.map((output, place): InferenceResponse['outputs'][number] => {
    const tensor = tensors.get(output.name);
    if (!tensor) {
      const known = [...tensors.keys()].join(', ');
      throw invalidPart(`body.outputs.${place}.name`, `the model has the outputs ${known}`);
    }
    const { shape, datatype, data } = tensor;
    const head = { name: output.name, shape: [...shape], datatype };
    const inBinary = output.parameters?.binary_data;
    if (!(inBinary ?? parameters?.binary_data_output ?? false)) {
      return { ...head, data: Array.from(data, nineDigits) };
    }
    binary.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    return { ...head, parameters: { binary_data_size: data.byteLength } };
  });
  const answer: InferenceResponse = { ...model, ...(id !== undefined && { id }), outputs: shown };
  const json = new TextEncoder().encode(JSON.stringify(answer));
  if (binary.length === 0) return { body: json, headers: { 'content-type': 'application/json' } };
  return {
    body: concatenate([json, ...binary]),
    headers: {
      'content-type': 'application/octet-stream',
      [JSON_LENGTH_HEADER]: String(json.length),
    },
  };
}

/** Nine digits are what it takes to read the same single back. */
const nineDigits = (value: number): number => Number(value.toPrecision(9));

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
