import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { compareResponseSchema } from '../../contract/comparisons.ts';
import { predictResponseSchema } from '../../contract/predictions.ts';
import { modelCardSchema } from '../../contract/card.ts';
import { accuracyResponseSchema } from '../../contract/embeds.ts';
import { interventionSchema, sweepSchema } from '../../contract/interventions.ts';
import { knockoutResponseSchema } from '../../contract/knockouts.ts';
import { compareProbesResponseSchema } from '../../contract/probe-results.ts';
import {
  publishResponseSchema,
  registeredModelSchema,
  registryChangesSchema,
  registrySchema,
} from '../../contract/registry.ts';
import { siteModelSchema } from '../../contract/pages.ts';
import { FIXTURES } from '../../harness/miniature-models.ts';
import { digestOf, publish, uploadOf, variantOf, write } from '../../harness/submission.ts';
import {
  read,
  readProblem,
  startWorker,
  WITH_REGISTRY,
  type RunningWorker,
} from '../../harness/worker.ts';

let worker: RunningWorker;
beforeAll(async () => void (worker = await startWorker(undefined, WITH_REGISTRY)));
afterAll(() => worker.stop());

const { text: ID, seeing: SEEING } = FIXTURES;
const shipped = () => digestOf(uploadOf(ID));
const digestServed = async (reference: string) =>
  (await read(await worker.fetch(`/v1/models/${reference}`), modelCardSchema)).files.model.sha256;
const model = async () => read(await worker.fetch(`/v1/registry/${ID}`), registeredModelSchema);

/** In order: each goes on from where the one before has left the registry. */
describe('a model on its way', () => {
  const [first, second] = [variantOf(ID, 1), variantOf(ID, 2)];

  it('is not there at first', async () => {
    expect(await read(await worker.fetch('/v1/registry'), registrySchema)).toEqual({ models: [] });
    expect(await model()).toEqual({ id: ID, shipped: shipped(), aliases: {}, versions: [] });
    expect(await digestServed(`${ID}@shipped`)).toBe(shipped());
  });

  it('is published as a version that can be addressed, and replaces nothing', async () => {
    const response = await publish(worker, ID, first, '?note=first');
    expect(response.status).toBe(201);
    expect(response.headers.get('location')).toBe(`/v1/registry/${ID}/versions/1`);
    const { version, model: registered } = await read(response, publishResponseSchema);
    expect(version).toBe(1);
    expect(registered.versions).toMatchObject([
      { version: 1, note: 'first', files: { 'model.onnx': { sha256: digestOf(first) } } },
    ]);
    expect((await worker.fetch(`/v1/registry/${ID}/versions/1`)).status).toBe(200);
    for (const selector of ['1', digestOf(first), digestOf(first).slice(0, 12)]) {
      expect(await digestServed(`${ID}@${selector}`)).toBe(digestOf(first));
    }
    expect(await digestServed(ID)).toBe(shipped());
  });

  it('is the same version when it is published again', async () => {
    const response = await publish(worker, ID, first);
    expect(response.status).toBe(200);
    expect((await read(response, publishResponseSchema)).version).toBe(1);
    const files = await (await worker.bucket()).list({ prefix: `models/${ID}/` });
    // Its document, its card and its model: nothing of the second upload is left.
    expect(files.objects).toHaveLength(3);
  });

  it('is promoted at once with its publication, or later', async () => {
    const { model: registered } = await read(
      await publish(worker, ID, second, '?alias=canary'),
      publishResponseSchema,
    );
    expect(registered.aliases['canary']).toMatchObject({ version: 2, previous: [] });
    expect(await digestServed(`${ID}@canary`)).toBe(digestOf(second));
    await read(
      await write(worker, 'PUT', `${ID}/aliases/production`, { version: 1 }),
      registeredModelSchema,
    );
    expect(await digestServed(ID)).toBe(digestOf(first));
    const promoted = await write(worker, 'PUT', `${ID}/aliases/production`, {
      version: 2,
      from: 1,
    });
    expect((await read(promoted, registeredModelSchema)).aliases['production']).toMatchObject({
      version: 2,
      previous: ['shipped', 1],
    });
    expect(await digestServed(ID)).toBe(digestOf(second));
    expect(await digestServed(`${ID}@shipped`)).toBe(shipped());
    const list = (await (await worker.fetch('/v1/models')).json()) as { models: { id: string }[] };
    expect(list.models.map(({ id }) => id)).toEqual([ID, SEEING]);
  });

  it('is compared with itself in other versions', async () => {
    const names = [`${ID}@production`, `${ID}@1`, `${ID}@shipped`];
    const path = `/v1/compare?models=${names.join(',')}&objects=3&queries=8`;
    const { models, digests, pairs } = await read(await worker.fetch(path), compareResponseSchema);
    expect(models.map((one) => one.model)).toEqual(names);
    expect(Object.values(digests)).toEqual([digestOf(second), digestOf(first), shipped()]);
    expect(pairs[0]).toMatchObject({ a: names[0], b: names[1] });
  });

  it('predicts in every version, and under /v2', async () => {
    const queries = ['test.text.context.indirect.n8.v40-40-32.z0.g6.s0.i12.q3'];
    const response = await worker.post('/v1/predict', { models: [`${ID}@2`, ID], queries });
    const { results } = await read(response, predictResponseSchema);
    expect(results[0]?.answers.map((answer) => answer.model)).toEqual([`${ID}@2`, ID]);
    expect(results[0]?.answers[0]?.top).toEqual(results[0]?.answers[1]?.top);
    for (const version of ['1', 'canary', 'shipped', digestOf(first)]) {
      expect((await worker.fetch(`/v2/models/${ID}/versions/${version}/ready`)).status).toBe(200);
    }
  });

  it('is asked by pages in the version that their address names', async () => {
    const stateOf = async (path: string) => {
      const page = await (await worker.fetch(path)).text();
      const json = /<script type="application\/json" id="state">([^<]*)</.exec(page)?.[1] ?? '';
      return z.object({ models: z.array(siteModelSchema) }).parse(JSON.parse(json));
    };
    for (const page of [
      '/?objects=3&models',
      '/build?models',
      '/mechanism?models',
      '/in-browser?model',
    ]) {
      const { models } = await stateOf(`${page}=${ID}@1`);
      expect(models.map(({ id }) => id)).toEqual([ID, SEEING, `${ID}@1`]);
      expect(models.map(({ files }) => files.model.sha256)).toEqual([
        digestOf(second),
        expect.any(String),
        digestOf(first),
      ]);
      expect((await worker.fetch(`${page}=${ID}@9`)).status).toBe(404);
    }
    const shown = await (await worker.fetch(`/?objects=3&models=${ID}@1,${ID}`)).text();
    expect(shown).toContain(`"model":"${ID}@1","answer":{`);
    expect(shown).toContain(`"model":"${ID}","answer":{`);
  });

  it('is patched and cut in every version, and named in answers as in the request', async () => {
    const pair = { objects: 4 };
    const cut = { from: 'query', to: 'shape', objects: 3, queries: 4 };
    for (const [reference, digest] of [
      [`${ID}@1`, digestOf(first)],
      [`${ID}@canary`, digestOf(second)],
      [`${ID}@${shipped()}`, shipped()],
      [ID, digestOf(second)],
    ]) {
      const names = { model: reference, digest };
      const post = (path: string, body: object) => worker.post(path, { model: reference, ...body });
      const pairwise = await read(await post('/v1/interventions', { pair }), interventionSchema);
      expect(pairwise).toMatchObject(names);
      const sweep = { objects: 4, pairs: 1 };
      expect(await read(await post('/v1/interventions', { sweep }), sweepSchema)).toMatchObject(
        names,
      );
      expect(await read(await post('/v1/knockouts', cut), knockoutResponseSchema)).toMatchObject(
        names,
      );
    }
    for (const [path, body] of [
      ['/v1/interventions', { pair }],
      ['/v1/knockouts', cut],
    ] as const) {
      const problem = await readProblem(await worker.post(path, { model: `${ID}@9`, ...body }));
      expect(problem).toMatchObject({ status: 404, type: '/problems/unknown-version' });
    }
  });

  it('has a place in figures that no other version of it has', async () => {
    const accuracy = async (...models: string[]) => {
      const response = await worker.fetch(`/v1/accuracy?models=${models.join(',')}`);
      const answer = await read(response, accuracyResponseSchema);
      return answer.models.map(({ model, displayIndex }) => [model, displayIndex]);
    };
    expect(await accuracy(SEEING, ID)).toEqual([
      [SEEING, 1],
      [ID, 0],
    ]);
    // 2 is in production, wherever it stands.
    expect(await accuracy(`${ID}@1`, ID, `${ID}@shipped`, `${ID}@2`)).toEqual([
      [`${ID}@1`, 2],
      [ID, 0],
      [`${ID}@shipped`, 3],
      [`${ID}@2`, 4],
    ]);
    expect(await accuracy(`${ID}@1`, `${ID}@shipped`)).toEqual([
      [`${ID}@1`, 0],
      [`${ID}@shipped`, 2],
    ]);
    const svg = await worker.fetch(`/v1/accuracy.svg?models=${ID}@1,${ID}`);
    expect(await svg.text()).toContain(`${ID}@1`);
  });

  it('has its probes beside those of others, where it has been probed', async () => {
    const compare = (reference: string) => worker.fetch(`/v1/probes/compare?models=${reference}`);
    const { conditions } = await read(await compare(`${ID}@shipped`), compareProbesResponseSchema);
    expect(conditions[0]?.models[0]).toMatchObject({ model: `${ID}@shipped`, digest: shipped() });
    expect(await readProblem(await compare(`${ID}@1`))).toMatchObject({
      type: '/problems/probe-not-found',
    });
  });

  it('is rolled back once, where the same rollback is requested twice', async () => {
    const back = () => write(worker, 'POST', `${ID}/aliases/production/rollback`, { from: 2 });
    expect((await read(await back(), registeredModelSchema)).aliases['production']?.version).toBe(
      1,
    );
    expect(await readProblem(await back())).toMatchObject({ status: 409 });
    expect(await digestServed(ID)).toBe(digestOf(first));
  });

  it('is rolled back to what was shipped, before which there is nothing', async () => {
    const back = (from: number | string) =>
      write(worker, 'POST', `${ID}/aliases/production/rollback`, { from });
    const { aliases } = await read(await back(1), registeredModelSchema);
    expect(aliases['production']).toMatchObject({ version: 'shipped', previous: [] });
    expect(await digestServed(ID)).toBe(shipped());
    expect(await digestServed(`${ID}@production`)).toBe(shipped());
    expect((await readProblem(await back('shipped'))).detail).toContain('no previous version');
    const promoted = await write(worker, 'PUT', `${ID}/aliases/production`, { version: 1 });
    await read(promoted, registeredModelSchema);
    expect(await digestServed(ID)).toBe(digestOf(first));
  });

  it('has a record of who changed what', async () => {
    const response = await worker.fetch(`/v1/registry/${ID}/changes`);
    const { changes } = await read(response, registryChangesSchema);
    expect(changes.slice(0, 2)).toMatchObject([
      { action: 'promote', alias: 'production', from: shipped(), to: digestOf(first) },
      { action: 'rollback', version: 'shipped', from: digestOf(first), to: shipped() },
    ]);
    expect(new Set(changes.map(({ who }) => who))).toEqual(new Set(['WRITE_TOKEN']));
    expect(changes.at(-1)).toMatchObject({ action: 'publish', version: 1, from: null });
    const unpublished = await worker.fetch(`/v1/registry/${SEEING}/changes`);
    expect((await readProblem(unpublished)).status).toBe(404);
  });

  it('is deleted when nothing points at it, and its number is gone', async () => {
    const refused = await readProblem(await write(worker, 'DELETE', `${ID}/versions/1`));
    expect(refused).toMatchObject({ status: 409, type: '/problems/registry-conflict' });
    expect(refused.detail).toContain('production');
    await read(await write(worker, 'DELETE', `${ID}/aliases/production`), registeredModelSchema);
    expect(await digestServed(ID)).toBe(shipped());
    await read(await write(worker, 'DELETE', `${ID}/versions/1`), registeredModelSchema);
    const gone = await readProblem(await worker.fetch(`/v1/models/${ID}@1`));
    expect(gone).toMatchObject({ status: 404, type: '/problems/unknown-version' });
    expect(gone.detail).toContain('shipped, canary, 2');
    expect(await readProblem(await write(worker, 'DELETE', `${ID}/versions/1`))).toMatchObject({
      status: 404,
    });
    const { version } = await read(await publish(worker, ID, first), publishResponseSchema);
    expect(version).toBe(3);
    const { objects } = await (await worker.bucket()).list({ prefix: `models/${ID}/` });
    expect(objects).toHaveLength(1 + 2 * 2);
  });
});

it('takes a model that sees, and one that was never shipped', async () => {
  const { version } = await read(
    await publish(worker, SEEING, uploadOf(SEEING)),
    publishResponseSchema,
  );
  const path = `/v1/compare?models=${SEEING}@${version}&modality=image&objects=3&queries=4`;
  expect((await worker.fetch(path)).status).toBe(200);
  expect((await readProblem(await worker.fetch('/v1/models/nobody@canary'))).status).toBe(404);
});

describe('at the same time', () => {
  it('every version gets a number of its own', async () => {
    const uploads = [11, 12, 13, 14, 15].map((variant) => variantOf(SEEING, variant));
    const responses = await Promise.all(uploads.map((one) => publish(worker, SEEING, one)));
    const numbers = await Promise.all(
      responses.map(async (one) => (await read(one, publishResponseSchema)).version),
    );
    expect(new Set(numbers).size).toBe(uploads.length);
    for (const [place, upload] of uploads.entries()) {
      expect(await digestServed(`${SEEING}@${numbers[place]}`)).toBe(digestOf(upload));
    }
  });

  it('the same model is one version', async () => {
    const upload = variantOf(SEEING, 20);
    const responses = await Promise.all([1, 2, 3].map(() => publish(worker, SEEING, upload)));
    expect(responses.map(({ status }) => status).sort()).toEqual([200, 200, 201]);
    const numbers = await Promise.all(
      responses.map(async (one) => (await read(one, publishResponseSchema)).version),
    );
    expect(new Set(numbers).size).toBe(1);
  });
});
