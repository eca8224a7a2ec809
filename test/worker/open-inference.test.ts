import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  inferenceResponseSchema,
  JSON_LENGTH_HEADER,
  modelMetadataSchema,
  modelReadySchema,
  serverMetadataSchema,
  serverReadySchema,
} from '../../contract/open-inference.ts';
import { buildSceneBatch, packScene } from '../../inference/answer-queries.ts';
import { listQueryIndices } from '../../task/query-indices.ts';
import { inputShape, inputSpecs } from '../../inference/model-inputs.ts';
import { openModel } from '../../inference/session.ts';
import type { Batch } from '../../task/batch.ts';
import { parseSpec } from '../../task/spec.ts';
import { TOKEN_COUNT } from '../../task/tokens.ts';
import { FIXTURES } from '../../harness/miniature-models.ts';
import { FIXTURES_DIRECTORY } from '../../build/paths.ts';
import { read, readProblem, startWorker, type RunningWorker } from '../../harness/worker.ts';
import { elementAt } from '../../task/element-at.ts';

let worker: RunningWorker;
let batch: Batch;
let expected: Float32Array;
beforeAll(async () => {
  worker = await startWorker();
  const model = readFileSync(join(FIXTURES_DIRECTORY, FIXTURES.text, 'model.onnx'));
  const native = await openModel(ort, { model, featureWidth: 0 });
  const scenes = [2, 5].map((objects) =>
    packScene(parseSpec({ objects }), 3, listQueryIndices(objects, 2)),
  );
  batch = await buildSceneBatch(native, scenes);
  expected = await native.logits(batch);
});
afterAll(() => worker.stop());

const PATH = `/v2/models/${FIXTURES.text}`;

/** The batch as the inputs of a request. */
const inputs = () =>
  Object.entries(inputSpecs(0)).map(([name, spec]) => ({
    name,
    shape: inputShape(spec, batch),
    datatype: spec.type === 'int32' ? 'INT32' : 'FP32',
    data: Array.from(spec.read(batch) ?? []),
  }));

const infer = (body: unknown, path = PATH) => worker.post(`${path}/infer`, body);

/** The request with every tensor in binary. */
function inBinary(request: object = {}): RequestInit {
  const tensors = inputs();
  const parts = tensors.map(({ datatype, data }) =>
    Buffer.from(
      datatype === 'INT32' ? Int32Array.from(data).buffer : Float32Array.from(data).buffer,
    ),
  );
  const heads = tensors.map(({ name, shape, datatype }, place) => ({
    name,
    shape,
    datatype,
    parameters: { binary_data_size: elementAt(parts, place).length },
  }));
  const json = Buffer.from(JSON.stringify({ ...request, inputs: heads }));
  return {
    method: 'POST',
    headers: { [JSON_LENGTH_HEADER]: String(json.length) },
    body: Buffer.concat([json, ...parts]),
  };
}

const closeTo = (values: ArrayLike<number>) =>
  Array.from(expected, (value, place) => Math.abs(value - elementAt(values, place))).every(
    (d) => d < 1e-4,
  );

describe('the server', () => {
  it('says what it is, at both spellings', async () => {
    const metadata = await read(await worker.fetch('/v2'), serverMetadataSchema);
    expect(metadata).toMatchObject({ name: 'bindscope', extensions: ['binary_tensor_data'] });
    expect(metadata.version).toMatch(/^[0-9a-f]{16}$/);
    expect(await read(await worker.fetch('/v2/'), serverMetadataSchema)).toEqual(metadata);
  });

  it('is live, and ready', async () => {
    expect((await worker.fetch('/v2/health/live')).status).toBe(200);
    const ready = await read(await worker.fetch('/v2/health/ready'), serverReadySchema);
    expect(ready).toEqual({ live: true, ready: true });
  });
});

describe('a model', () => {
  it('names its tensors as the graph file does', async () => {
    for (const id of Object.values(FIXTURES)) {
      const metadata = await read(await worker.fetch(`/v2/models/${id}`), modelMetadataSchema);
      const file = join(FIXTURES_DIRECTORY, id, 'model.onnx');
      const session = await ort.InferenceSession.create(readFileSync(file));
      expect(metadata.inputs.map(({ name }) => name)).toEqual([...session.inputNames]);
      expect(metadata.outputs.map(({ name }) => name)).toEqual([...session.outputNames]);
      const [version] = metadata.versions;
      const pinned = await worker.fetch(`/v2/models/${id}/versions/${version}`);
      expect(await read(pinned, modelMetadataSchema)).toEqual(metadata);
      const ready = await worker.fetch(`/v2/models/${id}/versions/${version}/ready`);
      expect(await read(ready, modelReadySchema)).toEqual({ name: id, ready: true });
      expect((await worker.fetch(`/v2/models/${id}/ready`)).status).toBe(200);
    }
  });

  it.each(['', '/ready'])('has no other version, nor any other model (%j)', async (what) => {
    const version = await readProblem(await worker.fetch(`${PATH}/versions/1${what}`));
    expect(version).toMatchObject({ status: 404, type: '/problems/unknown-version' });
    const model = await readProblem(await worker.fetch(`/v2/models/nobody${what}`));
    expect(model).toMatchObject({ status: 404, type: '/problems/unknown-model' });
    // Where a client of the protocol looks for it.
    expect(model.error).toBe(model.detail);
  });
});

describe('inference', () => {
  it('gives the logits that onnxruntime-node gives, in JSON', async () => {
    const response = await infer({ id: 'a1', inputs: inputs(), outputs: [{ name: 'logits' }] });
    const { id, model_name, outputs } = await read(response, inferenceResponseSchema);
    expect({ id, model_name }).toEqual({ id: 'a1', model_name: FIXTURES.text });
    expect(outputs).toHaveLength(1);
    expect(outputs[0]).toMatchObject({ datatype: 'FP32', shape: [4, TOKEN_COUNT] });
    expect(closeTo(outputs[0]?.data ?? [])).toBe(true);
  });

  it.each([
    ['for all outputs', { parameters: { binary_data_output: true } }],
    ['for one', { outputs: [{ name: 'logits', parameters: { binary_data: true } }] }],
  ])('takes and gives binary tensors (asked %s)', async (_, request) => {
    const response = await worker.fetch(`${PATH}/infer`, inBinary(request));
    expect(response.status).toBe(200);
    const body = Buffer.from(await response.arrayBuffer());
    const length = Number(response.headers.get(JSON_LENGTH_HEADER));
    const { outputs } = inferenceResponseSchema.parse(
      JSON.parse(body.subarray(0, length).toString()),
    );
    expect(outputs[0]?.parameters?.binary_data_size).toBe(body.length - length);
    expect(closeTo(new Float32Array(body.buffer.slice(body.byteOffset + length)))).toBe(true);
  });

  it('takes nested data, and answers the version that was asked', async () => {
    const tokens = elementAt(inputs(), 0);
    const others = inputs().slice(1);
    const [rows = 0, length = 0] = tokens.shape;
    const data = Array.from({ length: rows }, (_, row) =>
      tokens.data.slice(row * length, (row + 1) * length),
    );
    const { versions } = await read(await worker.fetch(PATH), modelMetadataSchema);
    const path = `${PATH}/versions/${versions[0]}`;
    const response = await infer({ inputs: [{ ...tokens, data }, ...others] }, path);
    const { outputs, model_version } = await read(response, inferenceResponseSchema);
    expect(model_version).toBe(versions[0]);
    expect(closeTo(outputs[0]?.data ?? [])).toBe(true);
  });
});

describe('refused', () => {
  type Input = ReturnType<typeof inputs>[number];
  const changed = (name: string, change: Partial<Record<keyof Input | 'parameters', unknown>>) =>
    inputs().map((input) => (input.name === name ? { ...input, ...change } : input));

  it.each([
    ['no inputs', () => ({ inputs: [] }), 'inputs must have at least 1 entry'],
    ['a missing one', () => ({ inputs: inputs().slice(1) }), 'the input "tokens" is missing'],
    ['one too many', () => ({ inputs: [...inputs(), { ...inputs()[0], name: 'x' }] }), 'inputs'],
    ['one twice', () => ({ inputs: [...inputs(), inputs()[0]] }), 'twice'],
    [
      'another type',
      () => ({ inputs: changed('tokens', { datatype: 'FP32' }) }),
      'the input "tokens" must be INT32, not FP32',
    ],
    ['an unknown type', () => ({ inputs: changed('tokens', { datatype: 'BYTES' }) }), 'FP32'],
    ['a shape of its own', () => ({ inputs: changed('positions', { shape: [0], data: [] }) }), '['],
    ['fewer elements', () => ({ inputs: changed('tokens', { data: [1] }) }), 'elements'],
    ['words', () => ({ inputs: changed('answer_index', { data: ['a', 1, 2, 3] }) }), '32 bits'],
    ['parts', () => ({ inputs: changed('answer_index', { data: [0.5, 1, 2, 3] }) }), '32 bits'],
    [
      'an answer beyond the rows',
      () => ({ inputs: changed('answer_index', { data: [0, 1, 2, 1e6] }) }),
      'answer_index.3',
    ],
    [
      'a token beyond the vocabulary',
      () => ({ inputs: changed('tokens', { data: elementAt(inputs(), 0).data.map(() => 470) }) }),
      '0 to 469',
    ],
    [
      'a position beyond the table',
      () => ({ inputs: changed('positions', { data: elementAt(inputs(), 1).data.map(() => -1) }) }),
      '0 to 191',
    ],
    ['an unknown output', () => ({ inputs: inputs(), outputs: [{ name: 'y' }] }), 'logits'],
    [
      'a parameter that would change the answer',
      () => ({
        inputs: inputs(),
        outputs: [{ name: 'logits', parameters: { classification: 2 } }],
      }),
      'classification',
    ],
    [
      'data twice',
      () => ({ inputs: changed('answer_index', { parameters: { binary_data_size: 16 } }) }),
      'the input "answer_index" has both data and binary_data_size',
    ],
    ['no data', () => ({ inputs: changed('tokens', { data: undefined }) }), 'binary_data_size'],
    [
      'binary data that does not come',
      () => ({
        inputs: changed('tokens', { data: undefined, parameters: { binary_data_size: 8 } }),
      }),
      'ends before',
    ],
  ])('%s', async (_, body, named) => {
    const problem = await readProblem(await infer(body()));
    expect(problem).toMatchObject({ status: 400, error: problem.detail });
    expect(problem.detail).toContain(named);
  });

  it('a number that is none', async () => {
    const request = inBinary();
    const body = Buffer.from(request.body as Buffer);
    const length = Number((request.headers as Record<string, string>)[JSON_LENGTH_HEADER]);
    const tokens = 4 * batch.tokens.length;
    body.writeFloatLE(NaN, length + 2 * tokens);
    const response = await worker.fetch(`${PATH}/infer`, { ...request, body });
    expect((await readProblem(response)).detail).toContain('finite');
  });

  it.each([
    ['a header length beyond the body', { [JSON_LENGTH_HEADER]: '1000' }, '{}', 400],
    ['a header length that is none', { [JSON_LENGTH_HEADER]: 'x' }, '{}', 400],
    ['what is not JSON', {}, '{', 400],
    ['bytes behind the last tensor', { [JSON_LENGTH_HEADER]: '2' }, '{}0', 400],
    ['a compressed body', { 'content-encoding': 'gzip' }, '{}', 415],
  ])('%s', async (_, headers, body, status) => {
    const response = await worker.fetch(`${PATH}/infer`, { method: 'POST', headers, body });
    expect(await readProblem(response)).toMatchObject({ status });
  });
});
