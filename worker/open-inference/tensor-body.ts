import {
  ELEMENT_BYTES,
  inferenceRequestSchema,
  JSON_LENGTH_HEADER,
  type Datatype,
  type InferenceRequest,
  type InferenceResponse,
  type InputTensor,
} from '../../contract/open-inference.ts';
import type { NamedTensor, Tensor } from '../../services/raw-inference.ts';
import { invalidPart, ServiceError } from '../../services/service-error.ts';
import { invalidRequest } from '../http/request-validation.ts';

/** Bodies of inference requests and responses: JSON, optionally followed by binary tensors. */

export interface InferenceBody {
  readonly request: InferenceRequest;
  /** As many elements as each shape says, all of them finite; no name twice. */
  readonly inputs: readonly NamedTensor[];
}

/** @throws ServiceError that names the invalid part */
export function parseInferenceBody(body: ArrayBuffer, jsonLength?: string): InferenceBody {
  const length = jsonLength === undefined ? body.byteLength : Number(jsonLength);
  if (!Number.isInteger(length) || length < 0 || length > body.byteLength) {
    const detail = `must be a number of bytes from 0 to ${body.byteLength}, the length of the body`;
    throw invalidPart(`header.${JSON_LENGTH_HEADER}`, detail);
  }
  const parsed = inferenceRequestSchema.safeParse(parseJson(body.slice(0, length)));
  if (!parsed.success) throw invalidRequest('body', parsed.error);
  const request = parsed.data;
  const inputs: NamedTensor[] = [];
  let offset = length;
  for (const [index, input] of request.inputs.entries()) {
    const at = `body.inputs.${index}`;
    if (inputs.some(({ name }) => name === input.name)) {
      throw invalidPart(`${at}.name`, `the input "${input.name}" appears twice`);
    }
    const bytes = input.parameters?.binary_data_size;
    if (bytes !== undefined && input.data) {
      throw invalidPart(
        at,
        `the input "${input.name}" has both data and binary_data_size; send one`,
      );
    }
    if (bytes !== undefined && offset + bytes > body.byteLength) {
      throw invalidPart(at, `the body ends before the ${bytes} bytes of the input "${input.name}"`);
    }
    const data =
      bytes === undefined
        ? fromJson(input, at)
        : fromBytes(input, body.slice(offset, offset + bytes), at);
    offset += bytes ?? 0;
    inputs.push({ name: input.name, datatype: input.datatype, shape: input.shape, data });
  }
  if (offset < body.byteLength) {
    throw invalidPart('body', `${body.byteLength - offset} bytes follow the last tensor`);
  }
  return { request, inputs };
}

function parseJson(bytes: ArrayBuffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    throw new ServiceError('malformed-json', 'the body is not valid JSON');
  }
}

const sizeOf = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);

function fromJson(input: InputTensor, at: string): Tensor['data'] {
  const { name, data, shape, datatype } = input;
  if (!data) {
    throw invalidPart(at, `the input "${name}" needs data, or binary_data_size in its parameters`);
  }
  const flat = data.flat(shape.length);
  requireSize(flat.length, input, at);
  const isElement = ELEMENT_TESTS[datatype];
  const wrong = flat.findIndex((element) => !isElement(element));
  if (wrong >= 0) throw wrongElement(input, wrong, at);
  const elements = flat.filter(isElement);
  return datatype === 'INT32' ? Int32Array.from(elements) : Float32Array.from(elements);
}

function fromBytes(input: InputTensor, bytes: ArrayBuffer, at: string): Tensor['data'] {
  const { name, datatype } = input;
  if (bytes.byteLength % ELEMENT_BYTES > 0) {
    const detail = `binary_data_size of the input "${name}" must be a multiple of ${ELEMENT_BYTES}`;
    throw invalidPart(at, detail);
  }
  requireSize(bytes.byteLength / ELEMENT_BYTES, input, at);
  // WebAssembly runs on little-endian machines, and the extension uses little-endian numbers.
  if (datatype === 'INT32') return new Int32Array(bytes);
  const data = new Float32Array(bytes);
  const wrong = data.findIndex((element) => !Number.isFinite(element));
  if (wrong >= 0) throw wrongElement(input, wrong, at);
  return data;
}

function requireSize(elements: number, { name, shape }: InputTensor, at: string): void {
  if (elements === sizeOf(shape)) return;
  throw invalidPart(
    at,
    `the input "${name}" has ${elements} elements, but its shape [${shape.join(', ')}] needs ` +
      `${sizeOf(shape)}`,
  );
}

const wrongElement = ({ name, datatype }: InputTensor, index: number, at: string) =>
  invalidPart(
    `${at}.data.${index}`,
    `element ${index} of the input "${name}" must be ${ELEMENT_NAMES[datatype]}`,
  );

const ELEMENT_NAMES: Readonly<Record<Datatype, string>> = {
  INT32: 'a whole number of 32 bits',
  FP32: 'a finite number of single precision',
};

const ELEMENT_TESTS: Readonly<Record<Datatype, (element: unknown) => element is number>> = {
  INT32: (element): element is number => typeof element === 'number' && (element | 0) === element,
  FP32: (element): element is number =>
    typeof element === 'number' && Number.isFinite(Math.fround(element)),
};

type RequestedOutput = NonNullable<InferenceRequest['outputs']>[number];

/** A response as JSON, followed by the tensors that the request wants in binary. */
export function encodeInferenceBody(
  { id, outputs, parameters }: InferenceRequest,
  model: Pick<InferenceResponse, 'model_name' | 'model_version'>,
  tensors: ReadonlyMap<string, Tensor>,
): { body: Uint8Array; headers: Record<string, string> } {
  const every = Array.from(tensors.keys(), (name): RequestedOutput => ({ name }));
  const requested = outputs?.length ? outputs : every;
  const binary: Uint8Array[] = [];
  const encoded = requested.map((output, index): InferenceResponse['outputs'][number] => {
    const tensor = tensors.get(output.name);
    if (!tensor) {
      const known = [...tensors.keys()].join(', ');
      throw invalidPart(
        `body.outputs.${index}.name`,
        `the model has no output "${output.name}"; its outputs are ${known}`,
      );
    }
    const { shape, datatype, data } = tensor;
    const head = { name: output.name, shape: [...shape], datatype };
    const asBinary = output.parameters?.binary_data ?? parameters?.binary_data_output ?? false;
    if (!asBinary) return { ...head, data: Array.from(data, nineDigits) };
    binary.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    return { ...head, parameters: { binary_data_size: data.byteLength } };
  });
  const response: InferenceResponse = {
    ...model,
    ...(id !== undefined && { id }),
    outputs: encoded,
  };
  const json = new TextEncoder().encode(JSON.stringify(response));
  if (binary.length === 0) return { body: json, headers: { 'content-type': 'application/json' } };
  return {
    body: concatenate([json, ...binary]),
    headers: {
      'content-type': 'application/octet-stream',
      [JSON_LENGTH_HEADER]: String(json.length),
    },
  };
}

/** Nine decimal digits identify a number of single precision. */
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
