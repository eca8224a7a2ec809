import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelListSchema } from '../../contract/models.ts';
import { modelCardSchema, trainedCardSchema } from '../../contract/card.ts';
import { plotTraining } from '../../plots/training.ts';
import { FIXTURES } from '../../harness/miniature-models.ts';
import { FIXTURES_DIRECTORY } from '../../build/paths.ts';
import { read, readProblem, startWorker, type RunningWorker } from '../../harness/worker.ts';

let worker: RunningWorker;
beforeAll(async () => void (worker = await startWorker()));
afterAll(() => worker.stop());

describe('the list of models', () => {
  it('has those of the index, in its order, with links that work', async () => {
    const { models } = await read(await worker.fetch('/v1/models'), modelListSchema);
    expect(models.map(({ id }) => id)).toEqual(Object.values(FIXTURES));
    for (const { id, links } of models) {
      const card = await read(await worker.fetch(links.self), modelCardSchema);
      expect(card.id).toBe(id);
      expect(links.files.length, id).toBeGreaterThan(0);
      for (const file of links.files) expect((await worker.fetch(file)).status).toBe(200);
    }
  });

  it('takes no parameters', async () => {
    const problem = await readProblem(await worker.fetch('/v1/models?page=2'));
    expect(problem).toMatchObject({ status: 400 });
    expect(problem.detail).toContain('page');
  });
});

describe('one model', () => {
  it('is a 404 that names those there are', async () => {
    const problem = await readProblem(await worker.fetch('/v1/models/nobody'));
    expect(problem).toMatchObject({ status: 404, type: '/problems/unknown-model' });
    for (const id of Object.values(FIXTURES)) expect(problem.detail).toContain(id);
  });

  it('has no id of other characters', async () => {
    const response = await worker.fetch('/v1/models/..%2Findex');
    expect(await readProblem(response)).toMatchObject({ status: 400 });
  });
});

it('the figure of its training is drawn from its card', async () => {
  const get = async (path: string) => worker.fetch(`/v1/models/${FIXTURES.text}${path}`);
  const response = await get('/training.svg');
  expect(response.headers.get('content-type')).toBe('image/svg+xml');
  expect(await response.text()).toBe(plotTraining(await read(await get(''), trainedCardSchema)));
  const problem = await readProblem(await worker.fetch('/v1/models/nobody/training.svg'));
  expect(problem.status).toBe(404);
});

describe('the files of a model', () => {
  const path = `/v1/models/${FIXTURES.text}/files/model.onnx`;

  it('are the bytes, under their sha256', async () => {
    const response = await worker.fetch(path);
    const bytes = Buffer.from(await response.arrayBuffer());
    const file = readFileSync(join(FIXTURES_DIRECTORY, FIXTURES.text, 'model.onnx'));
    expect(bytes.equals(file)).toBe(true);
    const card = await read(await worker.fetch(`/v1/models/${FIXTURES.text}`), modelCardSchema);
    expect(response.headers.get('etag')).toBe(`"${card.files.model.sha256}"`);
    expect(response.headers.get('content-length')).toBe(String(bytes.length));
  });

  it('are not sent to who has them', async () => {
    const etag = (await worker.fetch(path, { method: 'HEAD' })).headers.get('etag') ?? '';
    const response = await worker.fetch(path, { headers: { 'if-none-match': etag } });
    expect(response.status).toBe(304);
    expect(await response.text()).toBe('');
  });

  it.each([
    [`/v1/models/${FIXTURES.text}/files/encoder.onnx`, 404],
    [`/v1/models/${FIXTURES.text}/files/card.json`, 400],
    ['/v1/models/nobody/files/model.onnx', 404],
    [`/${FIXTURES.text}/model.onnx`, 404],
  ])('%s is refused with %i', async (refused, status) => {
    expect(await readProblem(await worker.fetch(refused))).toMatchObject({ status });
  });
});
