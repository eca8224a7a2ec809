import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compareResponseSchema } from '../../contract/comparisons.ts';
import { FIXTURES } from '../../harness/miniature-models.ts';
import { FIXTURES_DIRECTORY } from '../../build/paths.ts';
import { read, readProblem, startWorker, type RunningWorker } from '../../harness/worker.ts';

/** A worker of each test's own, which has loaded nothing yet, with models that can be damaged. */
let worker: RunningWorker;
let models: string;
beforeEach(async () => {
  models = mkdtempSync(join(tmpdir(), 'bindscope-models-'));
  cpSync(FIXTURES_DIRECTORY, models, { recursive: true });
  worker = await startWorker(models);
});
afterEach(async () => {
  await worker.stop();
  rmSync(models, { recursive: true });
});

const PATH = `/v1/compare?models=${FIXTURES.text}&objects=4&queries=8`;

describe('a damaged model file', () => {
  it.each([
    ['another byte', (bytes: Buffer) => bytes.fill(255, 1000, 1001)],
    ['half of it', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
    ['nothing', () => Buffer.alloc(0)],
  ])('(%s) is a 503, and forgotten once it is repaired', async (_, damage) => {
    const path = join(models, FIXTURES.text, 'model.onnx');
    const good = readFileSync(path);
    writeFileSync(path, damage(Buffer.from(good)));
    const response = await worker.fetch(PATH);
    expect(response.headers.get('retry-after')).not.toBeNull();
    const problem = await readProblem(response);
    expect(problem).toMatchObject({ status: 503, type: '/problems/model-unavailable' });
    expect(problem.detail).toContain(FIXTURES.text);

    // Live, but not ready, and of the models only this one is not.
    for (const path of ['/v2/health/ready', `/v2/models/${FIXTURES.text}/ready`]) {
      expect((await readProblem(await worker.fetch(path))).error).toContain(FIXTURES.text);
    }
    expect((await worker.fetch('/v2/health/live')).status).toBe(200);
    expect((await worker.fetch(`/v2/models/${FIXTURES.seeing}/ready`)).status).toBe(200);

    const page = await worker.fetch('/');
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('cannot answer right now');

    const other = await worker.fetch(PATH.replace(FIXTURES.text, FIXTURES.seeing));
    expect(other.status).toBe(200);

    writeFileSync(path, good);
    expect((await worker.fetch('/v2/health/ready')).status).toBe(200);
    expect((await worker.fetch(PATH)).status).toBe(200);
  });

  it('(a card that is none) is a 500 without internals, and forgotten too', async () => {
    const path = join(models, FIXTURES.text, 'card.json');
    const good = readFileSync(path);
    writeFileSync(path, '{"schema": 2, "secret": "hidden"');
    const problem = await readProblem(await worker.fetch(PATH));
    expect(problem).toMatchObject({ status: 500 });
    expect(JSON.stringify(problem)).not.toMatch(/secret|JSON|stack|\.ts/);
    writeFileSync(path, good);
    expect((await worker.fetch(PATH)).status).toBe(200);
  });
});

it('answers many at once, cold, as it answers one', async () => {
  const path = (seed: number) => `${PATH}&seed=${seed}`;
  const seeds = Array.from({ length: 12 }, (_, seed) => seed % 4);
  const bodies = await Promise.all(
    seeds.map(async (seed) => read(await worker.fetch(path(seed)), compareResponseSchema)),
  );
  for (const [place, seed] of seeds.entries()) {
    expect(bodies[place]?.queries.seed).toBe(seed);
    const alone = await read(await worker.fetch(path(seed)), compareResponseSchema);
    expect(bodies[place]).toEqual(alone);
  }
});

it('goes on loading when the client that asked first hangs up', async () => {
  const impatient = new AbortController();
  const first = worker.fetch(PATH, { signal: impatient.signal }).catch(() => undefined);
  const second = worker.fetch(PATH);
  setTimeout(() => {
    impatient.abort();
  }, 30);
  await first;
  expect((await second).status).toBe(200);
});
