import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bindscope } from '../support/cli.ts';
import { addNoise, copyModels } from '../support/damage.ts';
import { FIXTURES } from '../../harness/miniature-models.ts';
import { FIXTURES_DIRECTORY } from '../../build/paths.ts';
import { publish, variantOf } from '../../harness/submission.ts';
import {
  startWorker,
  WITH_REGISTRY,
  WRITE_TOKEN,
  type RunningWorker,
} from '../../harness/worker.ts';

const ID = FIXTURES.text;
const folder = join(FIXTURES_DIRECTORY, ID);
let worker: RunningWorker;
beforeAll(async () => void (worker = await startWorker(undefined, WITH_REGISTRY)));
afterAll(() => worker.stop());

const run = (line: string, env: Record<string, string> = { BINDSCOPE_TOKEN: WRITE_TOKEN }) =>
  bindscope([...line.split(' '), '--url', worker.url.href], env);

it('publishes, lists, promotes, rolls back and deletes', async () => {
  expect(await run('registry')).toMatchObject({ code: 0, out: 'no published models\n' });
  const published = await run(`publish ${folder} --alias canary --note first`);
  expect(published).toEqual({ code: 0, out: `published ${ID}@1 as canary\n`, err: '' });
  await (await publish(worker, ID, variantOf(ID, 3))).text();
  expect((await run(`promote ${ID} 1`)).out).toBe(`${ID}@production is now version 1\n`);
  expect((await run(`promote ${ID} 2`)).out).toBe(`${ID}@production is now version 2\n`);
  expect((await run(`rollback ${ID}`)).out).toBe(`${ID}@production is version 1 again, was 2\n`);
  expect((await run('registry')).out).toMatch(
    new RegExp(
      `^${ID}@1 [0-9a-f]{12} \\S+ canary production \\(first\\)\n${ID}@2 [0-9a-f]{12} \\S+\n$`,
    ),
  );
  expect((await run(`delete ${ID} 2`)).out).toBe(`deleted ${ID}@2\n`);
  const listed = JSON.parse((await run('registry --json')).out) as { versions: unknown[] }[];
  expect(listed[0]?.versions).toHaveLength(1);
});

it('rolls the first promotion back to what was shipped, removes an alias, and shows who did it', async () => {
  const model = FIXTURES.seeing;
  await (await publish(worker, model, variantOf(model, 1))).text();
  expect((await run(`promote ${model} 1`)).code).toBe(0);
  const back = await run(`rollback ${model}`);
  expect(back).toEqual({
    ...{ code: 0, err: '' },
    out: `${model}@production is the shipped version again, was 1\n`,
  });
  expect((await run(`promote ${model} shipped --alias canary`)).out).toBe(
    `${model}@canary is now the shipped version\n`,
  );
  expect((await run(`remove-alias ${model} canary`)).out).toBe(`removed ${model}@canary\n`);
  expect((await run(`remove-alias ${model} canary`)).code).toBe(2);
  const { out } = await run(`changes ${model}`);
  expect(out.split('\n').map((line) => line.split(' ').slice(1, 5).join(' '))).toEqual([
    `WRITE_TOKEN remove-alias ${model}@canary none`,
    `WRITE_TOKEN promote ${model}@canary shipped`,
    `WRITE_TOKEN rollback ${model}@production shipped`,
    `WRITE_TOKEN promote ${model}@production 1`,
    expect.stringContaining(`WRITE_TOKEN publish ${model}@1`),
    '',
  ]);
});

it.each([
  [`promote ${ID} 77`, 'no published version 77'],
  [`promote ${ID} 0`, 'from 1 to 999999'],
  ['promote NOBODY 1', 'a model id must be'],
  [`rollback ${ID} --alias nobody`, 'has no alias nobody'],
  [`delete ${ID} 1`, 'is the target of'],
  [`publish ${tmpdir()}/nothing`, 'cannot read'],
])('%s ends with 2 and one line', async (line, words) => {
  const { code, out, err } = await run(line);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(words);
});

it('tells that a token is needed, and which faults a folder has', async () => {
  expect((await run(`publish ${folder}`, {})).err).toContain('authorization: Bearer');
  const copy = mkdtempSync(join(tmpdir(), 'bindscope-publish-'));
  cpSync(folder, copy, { recursive: true });
  rmSync(join(copy, 'model.onnx'));
  expect((await run(`publish ${copy}`)).err).toMatch(/cannot read .*model\.onnx/);
  rmSync(copy, { recursive: true });
});

it('checks a canary before it is promoted, and a release after', async () => {
  const model = 'text-only';
  const [shipped, noisy] = [copyModels(model), copyModels(model)];
  addNoise(noisy, model, 0.5);
  rmSync(join(noisy, model, 'probes.json')); // They are of the model without noise.
  const own = await startWorker(shipped, WITH_REGISTRY);
  const baseline = join(shipped, 'baseline.json');
  const on = (line: string) =>
    bindscope([...line.split(' '), '--url', own.url.href], { BINDSCOPE_TOKEN: WRITE_TOKEN });
  const check = (names: string) => on(`check --baseline ${baseline} --models ${names}`);

  const plan = '--objects 4 --queries 48 --questions-per-scene 8 --pairs 0 --requests 1';
  expect(await on(`baseline --out ${baseline} ${plan}`)).toMatchObject({ code: 0, err: '' });
  expect(await on(`publish ${join(noisy, model)} --alias canary`)).toMatchObject({ code: 0 });
  const canary = await check(`${model}@canary`);
  expect(canary.code).toBe(1);
  expect(canary.out).toContain(`${model}@canary`);
  expect(await check(model)).toMatchObject({ code: 0, err: '' });

  expect(await on(`promote ${model} 1`)).toMatchObject({ code: 0 });
  expect((await check(model)).code).toBe(1);
  expect((await check(`${model}@shipped`)).code).toBe(0);
  const nobody = await check('nobody');
  expect(nobody).toMatchObject({ code: 2, out: '' });
  expect(nobody.err).toBe(`error: ${baseline} does not have "nobody"; it has text-only\n`);
  await own.stop();
  for (const folder of [shipped, noisy]) rmSync(folder, { recursive: true });
});
