import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attributionResponseSchema } from '../../contract/attributions.ts';
import { importedCardSchema, modelCardSchema } from '../../contract/card.ts';
import { compareResponseSchema } from '../../contract/comparisons.ts';
import { EMBED_KINDS } from '../../contract/embeds.ts';
import { sweepSchema } from '../../contract/interventions.ts';
import { knockoutResponseSchema } from '../../contract/knockouts.ts';
import { modelMetadataSchema } from '../../contract/open-inference.ts';
import { publishResponseSchema } from '../../contract/registry.ts';
import { FIXTURES } from '../../harness/miniature-models.ts';
import { encode, publish, type Upload } from '../../harness/submission.ts';
import {
  read,
  readProblem,
  startWorker,
  WITH_REGISTRY,
  type RunningWorker,
} from '../../harness/worker.ts';
import { importModel, type ImportedModel } from '../../measurement/import-model.ts';
import { foreignFile, foreignPath } from '../fixtures/onnx/files.ts';

/** A decoder from elsewhere, imported and published, goes where the shipped models do. */

const ID = 'my-gpt';
let worker: RunningWorker;
let imported: ImportedModel;
beforeAll(async () => {
  [worker, imported] = await Promise.all([
    startWorker(undefined, WITH_REGISTRY),
    importModel(foreignPath('gpt/model.onnx'), { id: ID, queries: 4, pairs: 2 }),
  ]);
});
afterAll(() => worker.stop());

const json = (value: unknown) => encode(JSON.stringify(value));
const upload = (): Upload =>
  new Map([
    ['card.json', json(imported.card)],
    ['model.onnx', new Uint8Array(imported.model)],
    ['probes.json', json(imported.probes)],
  ]);

describe('publishing', () => {
  it('is refused where the card says that the file is fed in another way', async () => {
    const { signature } = imported.card;
    const inputs = signature.inputs.map((input) => ({ ...input, type: 'bool' as const }));
    const wrong = { ...imported.card, signature: { ...signature, inputs } };
    const files = upload().set('card.json', json(importedCardSchema.parse(wrong)));
    const problem = await readProblem(await publish(worker, ID, files));
    expect(problem).toMatchObject({ status: 422, type: '/problems/invalid-model' });
    expect(JSON.stringify(problem)).toContain('input_ids int64 [rows, tokens]');
  });

  it('takes the files that import writes', async () => {
    const response = await publish(worker, ID, upload(), '?alias=production');
    expect(response.status).toBe(201);
    expect((await read(response, publishResponseSchema)).version).toBe(1);
    const card = await read(await worker.fetch(`/v1/models/${ID}`), modelCardSchema);
    expect(card).toEqual(imported.card);
    const file = await worker.fetch(`/v1/models/${ID}/files/model.onnx`);
    const bytes = Buffer.from(await file.arrayBuffer());
    expect(Buffer.compare(bytes, foreignFile('gpt/model.onnx'))).toBe(0);
  });
});

it('is compared with a trained model, query by query, and is at chance', async () => {
  const path = `/v1/compare?models=${ID},${FIXTURES.text}&objects=3,5&queries=24`;
  const { models, digests, pairs } = await read(await worker.fetch(path), compareResponseSchema);
  expect(models.map(({ model }) => model)).toEqual([ID, FIXTURES.text]);
  expect(digests[ID]).toBe(imported.card.files.model.sha256);
  expect(models[0]?.id?.count).toBe(48);
  expect(models[0]?.id?.correct).toBeLessThan(10);
  expect(pairs).toMatchObject([{ a: ID, b: FIXTURES.text, id: { count: 48 } }]);
});

it('is patched and cut: nothing is solved, so nothing is counted', async () => {
  const swept = await worker.post('/v1/interventions', {
    model: ID,
    sweep: { objects: 4, pairs: 4 },
  });
  const { layers, solved, digest } = await read(swept, sweepSchema);
  expect(digest).toBe(imported.card.files.model.sha256);
  expect(solved).toBe(0);
  expect(layers).toHaveLength(imported.card.network.layers + 1);
  const cut = { model: ID, from: 'query', to: 'shape', objects: 3, queries: 8 };
  const { baseline } = await read(await worker.post('/v1/knockouts', cut), knockoutResponseSchema);
  expect(baseline.count).toBe(8);
  const query = 'test.text.context.indirect.n3.v40-40-32.z0.g6.s0.i0.q0';
  const attributed = await worker.post('/v1/attributions', { model: ID, query, layered: 1 });
  const { tokens, stream } = await read(attributed, attributionResponseSchema);
  expect(tokens).toHaveLength(13);
  expect(tokens.some(({ effect }) => effect !== 0)).toBe(true);
  expect(stream).toHaveLength(imported.card.network.layers + 1);
});

describe('/v2', () => {
  const MASK = -1e9;
  const infer = (bias: readonly number[]) =>
    worker.post(`/v2/models/${ID}/infer`, {
      inputs: [
        { name: 'tokens', datatype: 'INT32', shape: [1, 3], data: [6, 222, 2] },
        { name: 'positions', datatype: 'INT32', shape: [1, 3], data: [0, 1, 2] },
        { name: 'attention_bias', datatype: 'FP32', shape: [1, 3, 3], data: bias },
        { name: 'answer_index', datatype: 'INT32', shape: [1], data: [2] },
      ],
    });

  it('describes the inputs that requests have, the same for every model', async () => {
    const metadata = await read(await worker.fetch(`/v2/models/${ID}`), modelMetadataSchema);
    expect(metadata.versions).toEqual([imported.card.files.model.sha256]);
    const own = await read(await worker.fetch(`/v2/models/${FIXTURES.text}`), modelMetadataSchema);
    expect(metadata).toMatchObject({ inputs: own.inputs, outputs: own.outputs });
  });

  it('answers, and is ready', async () => {
    expect((await worker.fetch(`/v2/models/${ID}/ready`)).status).toBe(200);
    const response = await infer([0, MASK, MASK, 0, 0, MASK, 0, 0, 0]);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ outputs: [{ name: 'logits', shape: [1, 470] }] });
  });

  it.each([
    ['a token that attends to nothing', Array.from({ length: 9 }, () => MASK)],
    ['a token that attends to a later one', Array.from({ length: 9 }, () => 0)],
    ['a bias between', [0, MASK, MASK, 0, 0, MASK, -1, 0, 0]],
  ])('refuses %s, which a decoder cannot compute', async (_, bias) => {
    const problem = await readProblem(await infer(bias));
    expect(problem.status).toBe(400);
    expect(problem.detail).toContain('attention_bias');
  });
});

it('has no figure of a training', async () => {
  const problem = await readProblem(await worker.fetch(`/v1/models/${ID}/training.svg`));
  expect(problem).toMatchObject({ status: 404, type: '/problems/training-not-found' });
  expect(problem.detail).toContain('imported');
});

it.each(EMBED_KINDS)('is shown in the embed %s', async (kind) => {
  const response = await worker.fetch(`/embed/${kind}?models=${ID}`);
  expect(response.status).toBe(200);
  expect(await response.text()).toContain(ID);
});
