import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { publishResponseSchema } from '../../contract/registry.ts';
import { FaultyBucket } from '../support/faulty-bucket.ts';
import { FIXTURES } from '../../harness/miniature-models.ts';
import { publish, variantOf, write } from '../../harness/submission.ts';
import {
  read,
  readProblem,
  startWorker,
  WITH_REGISTRY,
  type RunningWorker,
} from '../../harness/worker.ts';
import { WAIT } from '../support/wait.ts';

const ID = FIXTURES.text;
const compare = (reference: string) => `/v1/compare?models=${reference}&objects=3&queries=4`;

let worker: RunningWorker;
afterEach(() => worker.stop());

describe('objects of the bucket', () => {
  beforeEach(async () => {
    worker = await startWorker(undefined, WITH_REGISTRY);
    await read(await publish(worker, ID, variantOf(ID, 1)), publishResponseSchema);
  });

  const keyOf = async (name: string) => {
    const { objects } = await (await worker.bucket()).list();
    return objects.find(({ key }) => key.endsWith(name))?.key ?? '';
  };

  it.each(['missing', 'truncated', 'of another model'])(
    'a model file that is %s fails its version alone, until it is there again',
    async (fault) => {
      const bucket = await worker.bucket();
      const key = await keyOf('model.onnx');
      const good = await (await bucket.get(key))?.arrayBuffer();
      if (!good) throw new Error('nothing was published');
      if (fault === 'missing') await bucket.delete(key);
      else
        await bucket.put(
          key,
          fault === 'truncated' ? good.slice(0, 1000) : new Uint8Array(good.byteLength),
        );
      const problem = await readProblem(await worker.fetch(compare(`${ID}@1`)));
      expect(problem).toMatchObject({ status: 503, type: '/problems/model-unavailable' });
      expect((await worker.fetch(compare(ID))).status).toBe(200);
      await bucket.put(key, good);
      expect((await worker.fetch(compare(`${ID}@1`))).status).toBe(200);
    },
  );

  it('a card that is not the one that was published is not believed', async () => {
    const bucket = await worker.bucket();
    const key = await keyOf('card.json');
    const good = await (await bucket.get(key))?.text();
    await bucket.put(key, (good ?? '').replace('Knows nothing', 'Knows all'));
    const problem = await readProblem(await worker.fetch(`/v1/models/${ID}@1`));
    expect(problem).toMatchObject({ status: 503 });
    await bucket.delete(key);
    expect((await worker.fetch(`/v1/models/${ID}@1`)).status).toBe(503);
    expect((await worker.fetch(`/v1/models/${ID}`)).status).toBe(200);
  });
});

describe('a bucket that fails', () => {
  let bucket: FaultyBucket;
  beforeEach(async () => {
    bucket = new FaultyBucket();
    worker = await startWorker(undefined, bucket.overrides);
  });

  it.each(['put model.onnx', 'put card.json', 'put model.json', 'put'])(
    'at %s leaves no version behind, and the next upload works',
    async (fault) => {
      bucket.faults.add(fault);
      const problem = await readProblem(await publish(worker, ID, variantOf(ID, 1)));
      expect(problem).toMatchObject({ status: 503, type: '/problems/registry-unavailable' });
      expect(JSON.stringify(problem)).not.toContain('R2 is down');
      expect((await worker.fetch(`/v1/models/${ID}@1`)).status).toBe(404);
      expect((await worker.fetch(compare(ID))).status).toBe(200);
      bucket.faults.clear();
      const response = await publish(worker, ID, variantOf(ID, 1));
      expect((await read(response, publishResponseSchema)).version).toBe(1);
      expect((await worker.fetch(compare(`${ID}@1`))).status).toBe(200);
    },
  );

  it('loses no files where the answer to the last write is lost', async () => {
    bucket.faults.add('lost put model.json');
    const problem = await readProblem(await publish(worker, ID, variantOf(ID, 1)));
    expect(problem).toMatchObject({ status: 503, type: '/problems/registry-unavailable' });
    bucket.faults.clear();
    const again = await publish(worker, ID, variantOf(ID, 1));
    expect(again.status).toBe(200);
    expect((await read(again, publishResponseSchema)).version).toBe(1);
    expect((await worker.fetch(compare(`${ID}@1`))).status).toBe(200);
  });

  it('to answer soon is only slow', async () => {
    bucket.faults.add('slow put').add('slow get').add('slow list');
    const [first, second] = await Promise.all(
      [1, 2].map((variant) => publish(worker, ID, variantOf(ID, variant))),
    );
    expect([first?.status, second?.status]).toEqual([201, 201]);
    const promoted = await write(worker, 'PUT', `${ID}/aliases/production`, { version: 2 });
    expect(promoted.status).toBe(200);
    for (const reference of [`${ID}@1`, `${ID}@2`, ID]) {
      expect((await worker.fetch(compare(reference))).status).toBe(200);
    }
  });

  it('to be read is a 503 where it is asked first, and what was shipped goes on', async () => {
    bucket.faults.add('get').add('list');
    for (const path of ['/v1/registry', `/v1/registry/${ID}`, compare(ID)]) {
      const problem = await readProblem(await worker.fetch(path));
      expect(problem).toMatchObject({ status: 503, type: '/problems/registry-unavailable' });
    }
    // The log has what clients do not get.
    await vi.waitFor(() => {
      expect(worker.logs).toContainEqual(
        expect.objectContaining({ message: 'failure', cause: 'R2 is down' }),
      );
    }, WAIT);
    expect((await worker.fetch(compare(`${ID}@shipped`))).status).toBe(200);
    expect((await worker.fetch('/v2/health/live')).status).toBe(200);
    bucket.faults.clear();
    expect((await worker.fetch(compare(ID))).status).toBe(200);
  });

  it('to delete leaves files, and no version', async () => {
    await read(await publish(worker, ID, variantOf(ID, 1)), publishResponseSchema);
    bucket.faults.add('delete');
    expect((await write(worker, 'DELETE', `${ID}/versions/1`)).status).toBe(200);
    expect((await worker.fetch(`/v1/models/${ID}@1`)).status).toBe(404);
  });
});
