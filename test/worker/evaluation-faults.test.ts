import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { FIXTURES_DIRECTORY } from '../../build/paths.ts';
import { compareResponseSchema } from '../../contract/comparisons.ts';
import { evaluationRequestSchema, evaluationResourceSchema } from '../../contract/evaluations.ts';
import { publishResponseSchema } from '../../contract/registry.ts';
import { openLocalDatabase } from '../../harness/local-database.ts';
import { FIXTURES } from '../../harness/miniature-models.ts';
import { publish, variantOf, write } from '../../harness/submission.ts';
import {
  read,
  startWorker,
  withEvaluations,
  WRITE_TOKEN,
  type RunningWorker,
} from '../../harness/worker.ts';
import { nodeRuntime } from '../../node/onnx-runtime.ts';
import { ShippedModels } from '../../services/catalogue.ts';
import { mergeParts } from '../../services/evaluations/evaluation-parts.ts';
import { EvaluationStore } from '../../services/evaluations/evaluation-store.ts';
import {
  EvaluationEndedError,
  Evaluations,
  type EvaluationParameters,
} from '../../services/evaluations/evaluations.ts';
import { Models } from '../../services/models.ts';
import { WAIT } from '../support/wait.ts';

const PATH = '/v1/evaluations';

describe('in workerd', () => {
  let worker: RunningWorker;
  beforeEach(async () => {
    worker = await startWorker(undefined, { ...withEvaluations(), r2Buckets: ['REGISTRY'] });
    await worker.migrate();
  });
  afterEach(() => worker.stop());

  const start = async (body: object) => {
    const response = await worker.fetch(PATH, {
      method: 'POST',
      headers: { authorization: `Bearer ${WRITE_TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return read(response, evaluationResourceSchema);
  };
  const get = async (id: string) =>
    read(await worker.fetch(`${PATH}/${id}`), evaluationResourceSchema);
  const ended = (id: string) =>
    vi.waitFor(async () => {
      const evaluation = await get(id);
      expect(['done', 'failed']).toContain(evaluation.state);
      return evaluation;
    }, WAIT);
  const failures = () => worker.logs.filter(({ level }) => level === 'error').length;
  const failed = () =>
    vi.waitFor(() => {
      expect(failures()).toBeGreaterThan(0);
    }, WAIT);

  it('a database that fails in the middle costs the step that it failed, and nothing else', async () => {
    await worker.runSql(
      'CREATE TRIGGER full BEFORE INSERT ON evaluation_parts WHEN NEW.part = 2 ' +
        "BEGIN SELECT RAISE(FAIL, 'the disk is full'); END",
    );
    const request = { models: [FIXTURES.text], objects: [2, 3, 4, 5], queries: 20 };
    const { id } = await start(request);
    await failed();
    expect(await get(id)).toMatchObject({ state: 'running', progress: { done: 2, total: 4 } });
    // A part that would be computed again would not keep this: no query answered.
    await worker.runSql(
      `UPDATE evaluation_parts SET correct = '${btoa('\0\0\0')}' WHERE evaluation = '${id}' AND part = 0`,
    );
    await worker.runSql('DROP TRIGGER full');
    const { state, result } = await ended(id);
    expect(state).toBe('done');
    const query = `models=${FIXTURES.text}&objects=3,4,5&queries=20`;
    const whole = await read(await worker.fetch(`/v1/compare?${query}`), compareResponseSchema);
    const points = result?.models[0]?.byObjects ?? [];
    expect(points[0]).toMatchObject({ objects: 2, correct: 0 });
    expect(points.slice(1)).toEqual(whole.models[0]?.byObjects);
  });

  it('a bucket that fails in the middle is asked again; a version that is gone for good ends it', async () => {
    const { text: model } = FIXTURES;
    const bucket = await worker.bucket();
    for (const variant of [1, 2]) {
      await read(await publish(worker, model, variantOf(model, variant)), publishResponseSchema);
    }
    const { objects } = await bucket.list();
    const files = await Promise.all(
      objects
        .filter(({ key }) => key.endsWith('model.onnx'))
        .map(async ({ key }) => ({ key, content: await (await bucket.get(key))?.arrayBuffer() })),
    );
    for (const { key } of files) await bucket.delete(key);
    const request = { objects: [2], queries: 20 };
    const { id } = await start({ ...request, models: [`${model}@1`] });
    const lost = await start({ ...request, models: [`${model}@2`] });
    await vi.waitFor(() => {
      expect(failures()).toBeGreaterThan(1);
    }, WAIT);
    expect((await write(worker, 'DELETE', `${model}/versions/2`)).status).toBe(200);
    for (const { key, content } of files) if (content) await bucket.put(key, content);

    const { state, result } = await ended(id);
    expect(state).toBe('done');
    const query = `models=${model}@1&objects=2&queries=20`;
    const whole = await read(await worker.fetch(`/v1/compare?${query}`), compareResponseSchema);
    expect(result).toEqual(whole);
    const { state: other, error } = await ended(lost.id);
    expect(other).toBe('failed');
    expect(error).toMatch(/version/);
  });
});

describe('steps', () => {
  let local: Awaited<ReturnType<typeof openLocalDatabase>>;
  beforeAll(async () => {
    local = await openLocalDatabase();
  });
  afterAll(() => local.close());
  beforeEach(async () => {
    created = [];
    now = Date.parse('2026-11-27T10:00:00Z');
    await local.database.exec('DELETE FROM evaluations');
  });

  const MINUTE = 60_000;
  let now: number;
  /** What the engine was asked to start. */
  let created: EvaluationParameters[];
  const waitUntil = () => undefined;
  const catalogue = new ShippedModels(
    {
      locate: (path) => join(FIXTURES_DIRECTORY, path),
      read: async (path) => new Blob([await readFile(join(FIXTURES_DIRECTORY, path))]),
    },
    waitUntil,
  );
  const models = new Models({ catalogue, runtime: nodeRuntime, waitUntil });

  /** Evaluations whose workflow the test runs itself. @param access what runs models */
  const evaluationsWith = (access: Pick<Models, 'card' | 'runner' | 'subject'> = models) =>
    new Evaluations({
      store: new EvaluationStore(local.database),
      models: access,
      engine: {
        create: ({ params }) => Promise.resolve(created.push(params)),
        get: () => Promise.reject(new Error('not asked for')),
      },
      code: 'test',
      now: () => new Date(now),
    });
  const request = evaluationRequestSchema.parse({
    ...{ models: [FIXTURES.text], objects: [2, 3], queries: 10 },
  });
  const parts = async () =>
    (await local.database.prepare('SELECT part, correct FROM evaluation_parts ORDER BY part').all())
      .results;

  it('that timed out and come back after all store nothing twice', async () => {
    let release: () => void = () => undefined;
    const hung = new Promise<void>((resolve) => (release = resolve));
    let first = true;
    const slow: Pick<Models, 'card' | 'runner' | 'subject'> = {
      card: (reference) => models.card(reference),
      subject: (card) => models.subject(card),
      runner: async (card) => {
        if (first) {
          first = false;
          await hung;
        }
        return models.runner(card);
      },
    };
    const evaluations = evaluationsWith(slow);
    const { evaluation } = await evaluations.start(request);
    const [workflow] = created;
    if (!workflow) throw new Error('no workflow was created');
    expect(await evaluations.begin(workflow)).toBe(2);
    // The engine gives the first attempt up, and makes a second one.
    const late = evaluations.runPart(workflow, 0);
    await evaluations.runPart(workflow, 0);
    const stored = await parts();
    expect(stored).toHaveLength(1);
    await evaluations.runPart(workflow, 1);
    await evaluations.finish(workflow);
    release();
    await late;
    expect((await parts())[0]).toEqual(stored[0]);
    expect(await parts()).toHaveLength(2);
    expect(await evaluations.store.get(evaluation.id)).toMatchObject({ state: 'done' });
  });

  it('of a lost workflow are done by one other, although two crons run at once', async () => {
    const evaluations = evaluationsWith();
    const { evaluation } = await evaluations.start(request);
    const [lost] = created;
    if (!lost) throw new Error('no workflow was created');
    await evaluations.begin(lost);
    await evaluations.runPart(lost, 0);
    now += 14 * MINUTE;
    await evaluations.maintain();
    expect(created).toHaveLength(1);
    now += 2 * MINUTE;
    await Promise.all([evaluations.maintain(), evaluations.maintain(), evaluations.maintain()]);
    expect(created).toHaveLength(2);
    // The first one comes back: it must not go on beside the other.
    await expect(evaluations.runPart(lost, 1)).rejects.toBeInstanceOf(EvaluationEndedError);
    await evaluations.fail(lost, 'lost');
    expect(await evaluations.store.get(evaluation.id)).toMatchObject({ state: 'queued' });
    const [, other] = created;
    if (!other) throw new Error('no other workflow was created');
    await evaluations.begin(other);
    await evaluations.runPart(other, 0);
    await evaluations.runPart(other, 1);
    await evaluations.finish(other);
    expect(await evaluations.store.get(evaluation.id)).toMatchObject({
      state: 'done',
      progress: { done: 2, total: 2 },
    });
  });

  it('are put together however many there are', async () => {
    const evaluations = evaluationsWith();
    const { evaluation } = await evaluations.start(request);
    // 950 parts with 2 objects and 50 with 3, of one query each; every third answer is correct.
    await local.database
      .prepare(
        'WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 999) ' +
          'INSERT INTO evaluation_parts (evaluation, part, model, objects, queries, correct) ' +
          "SELECT ?, i, 'm', iif(i < 950, 2, 3), 1, iif(i % 3 = 0, 'gA==', 'AA==') FROM n",
      )
      .bind(evaluation.id)
      .run();
    const { count, parts } = await mergeParts(evaluations.store.parts(evaluation.id));
    const outcomes = Array.from({ length: 1000 }, (_, part) => part % 3 === 0);
    expect(count).toBe(1000);
    expect(parts).toEqual([
      { kind: 'queries', model: 'm', objects: 2, correct: outcomes.slice(0, 950) },
      { kind: 'queries', model: 'm', objects: 3, correct: outcomes.slice(950) },
    ]);
  });

  it('go on where the clock is put back by a day, or jumps ahead', async () => {
    const evaluations = evaluationsWith();
    await evaluations.start(request);
    now -= 24 * 60 * MINUTE;
    await evaluations.maintain();
    expect(created).toHaveLength(2);
    await evaluations.maintain();
    expect(created).toHaveLength(2);
    // Within 90 days nothing expires; what the jump seems to have stalled is replaced once.
    now += 60 * 24 * 60 * MINUTE;
    await evaluations.maintain();
    await evaluations.maintain();
    expect(created).toHaveLength(3);
    expect(new Set(created.map(({ instance }) => instance)).size).toBe(3);
  });
});
