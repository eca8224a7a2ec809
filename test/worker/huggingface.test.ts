import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FIXTURES_DIRECTORY, ROOT } from '../../build/paths.ts';
import { modelListSchema } from '../../contract/models.ts';
import { read, readProblem, startWorker, type RunningWorker } from '../../harness/worker.ts';
import { FIXTURES } from '../../harness/miniature-models.ts';
import { huggingFaceRepository } from '../../huggingface/repository.ts';
import { shippedCard, shippedFile } from '../support/shipped.ts';

describe('the Hugging Face repository of a shipped model', () => {
  const id = 'image-text-paper';
  const path = `/v1/models/${id}/huggingface.zip`;
  let worker: RunningWorker;
  beforeAll(async () => void (worker = await startWorker(`${ROOT}models`)));
  afterAll(() => worker.stop());

  it('has the files that the command line writes', async () => {
    const response = await worker.fetch(path);
    expect(response.headers.get('content-type')).toBe('application/zip');
    expect(response.headers.get('content-disposition')).toContain(`filename="${id}.zip"`);
    const unpacked = unzipSync(new Uint8Array(await response.arrayBuffer()));
    const expected = huggingFaceRepository(shippedCard(id), shippedFile(`${id}/model.onnx`));
    expect(Object.keys(unpacked)).toEqual([...expected.keys()].map((name) => `${id}/${name}`));
    for (const [name, content] of expected) {
      expect(Buffer.from(content).equals(unpacked[`${id}/${name}`] ?? content.slice(1)), name).toBe(
        true,
      );
    }
  });

  it('is not made for clients that have it, and stays for good under the digest', async () => {
    const etag = (await worker.fetch(path, { method: 'HEAD' })).headers.get('etag') ?? '';
    const known = await worker.fetch(path, { headers: { 'if-none-match': etag } });
    expect({ status: known.status, cache: known.headers.get('cache-control') }).toEqual({
      status: 304,
      cache: 'public, no-cache',
    });
    const digest = shippedCard(id).files.model.sha256.slice(0, 12);
    const pinned = await worker.fetch(`/v1/models/${id}@${digest}/huggingface.zip`, {
      headers: { 'if-none-match': etag },
    });
    expect({ status: pinned.status, cache: pinned.headers.get('cache-control') }).toEqual({
      status: 304,
      cache: 'public, max-age=31536000, immutable',
    });
  });

  it('is linked', async () => {
    const { models } = await read(await worker.fetch('/v1/models'), modelListSchema);
    expect(models.find((model) => model.id === id)?.links.huggingface).toBe(path);
  });
});

describe('a model that is no GPT-NeoX', () => {
  let worker: RunningWorker;
  beforeAll(async () => void (worker = await startWorker(FIXTURES_DIRECTORY)));
  afterAll(() => worker.stop());

  it('has no repository, with the reason, and no link', async () => {
    const response = await worker.fetch(`/v1/models/${FIXTURES.text}/huggingface.zip`);
    expect(await readProblem(response)).toMatchObject({
      status: 404,
      type: '/problems/not-found',
      detail: `model "${FIXTURES.text}" has no Hugging Face repository: it adds learned absolute positions to its embeddings, which GPT-NeoX does not have`,
    });
    const { models } = await read(await worker.fetch('/v1/models'), modelListSchema);
    for (const { links } of models) expect(links.huggingface).toBeNull();
  });
});
