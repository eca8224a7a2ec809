import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Validator, type Schema } from '@cfworker/json-schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { baselineSchema } from '../../contract/baseline.ts';
import { checkReportSchema } from '../../contract/regression.ts';
import { SCHEMA_ADDRESSES } from '../../contract/schema-addresses.ts';
import { bindscope } from '../support/cli.ts';
import { addNoise, copyModels, swap, truncate } from '../support/damage.ts';
import { startWorker, type RunningWorker } from '../../harness/worker.ts';
import { elementAt } from '../../task/element-at.ts';

/** Shipped and trained, so that damage costs it something; the other one must stay untouched. */
const [MODEL, OTHER] = ['text-only', 'text-symbolic'];
/** Shuffled, with four objects alone, MODEL has too few correct answers to lose; with both numbers together it has not. */
const PLAN = ['--objects', '3,4', '--queries', '32', '--questions-per-scene', '8', '--pairs', '8'];
const QUICK = ['--requests', '2', ...PLAN];

const scratch = mkdtempSync(join(tmpdir(), 'bindscope-cli-'));
const file = (name: string) => join(scratch, name);
const BASELINE = file('baseline.json');
let good: string;
beforeAll(async () => {
  good = copyModels(MODEL, OTHER);
  const recorded = await bindscope(['baseline', '--models-dir', good, '--out', BASELINE, ...QUICK]);
  expect(recorded).toMatchObject({ code: 0, err: '' });
});
afterAll(() => {
  rmSync(scratch, { recursive: true });
  rmSync(good, { recursive: true });
});

/** Checks what stands behind some options, and reads the report. */
async function check(baseline: string, ...where: string[]) {
  const json = file('report.json');
  rmSync(json, { force: true });
  const result = await bindscope([
    ...['check', ...where, '--retries', '0'],
    ...['--baseline', baseline, '--json', json, '--junit', file('report.xml')],
  ]);
  const report = checkReportSchema.parse(JSON.parse(readFileSync(json, 'utf8')));
  return { ...result, report, junit: readFileSync(file('report.xml'), 'utf8') };
}

describe('a baseline', () => {
  it('records figures, answers, mechanism, digests and latency, in few bytes', () => {
    const text = readFileSync(BASELINE, 'utf8');
    expect(text.length).toBeLessThan(6000);
    const { models } = baselineSchema.parse(JSON.parse(text));
    expect(models.map(({ id }) => id)).toEqual([MODEL, OTHER]);
    const { conditions, latency, digests } = elementAt(models, 0);
    const inOrder = elementAt(conditions, 0);
    const shuffled = conditions[1];
    expect(inOrder.byObjects.map(({ objects, count }) => [objects, count])).toEqual([
      [3, 32],
      [4, 32],
    ]);
    expect(inOrder.id).toMatchObject({ correct: 64, count: 64 });
    expect(inOrder.mechanism).toMatchObject({ mechanism: 'positional', pairs: 8, objects: 8 });
    expect(shuffled).toMatchObject({ order: 'shuffled', mechanism: null });
    expect(latency.p95).toBeGreaterThanOrEqual(latency.p50);
    expect(digests.model).toMatch(/^[0-9a-f]{64}$/);
  });

  it('keeps the tolerances that were written into it', async () => {
    const out = file('edited.json');
    const content = baselineSchema.parse(JSON.parse(readFileSync(BASELINE, 'utf8')));
    const tolerances = { ...content.tolerances, alpha: 0.01, digests: 'fail' };
    writeFileSync(out, JSON.stringify({ ...content, tolerances }));
    const one = ['--models', OTHER, '--objects', '2', '--queries', '2', '--pairs', '0'];
    const command = ['baseline', '--models-dir', good, '--out', out, ...one, '--requests', '1'];
    const recorded = await bindscope(command);
    expect(recorded.code).toBe(3);
    expect(recorded.out).toMatch(/would by itself not fail .* 2 objects \(2 of 2 before\)/);
    const again = baselineSchema.parse(JSON.parse(readFileSync(out, 'utf8')));
    expect(again.tolerances).toEqual(tolerances);
    expect(again.models.map(({ id }) => id)).toEqual([OTHER]);
  });
});

describe('a check of too few queries', () => {
  it('is insufficient also where three of five answers are lost, and says how many are enough', async () => {
    const out = file('five.json');
    const plan = '--objects 8 --queries 5 --pairs 0 --requests 1'.split(' ');
    const where = ['--models-dir', good, '--models', OTHER];
    const recorded = await bindscope(['baseline', ...where, '--out', out, ...plan]);
    expect(recorded.code).toBe(3);
    const [, enough = ''] = /--queries (\d+) would be enough/.exec(recorded.out) ?? [];
    expect(enough).toBe('7');
    const noisy = copyModels(OTHER);
    addNoise(noisy, OTHER, 0.5);
    const { code, report, junit } = await check(out, '--models-dir', noisy);
    expect(code).toBe(3);
    expect(report.verdict).toBe('insufficient');
    expect(report.flips.length).toBeGreaterThan(0);
    expect(junit).toMatch(/<error message="[^"]*would by itself not fail/);

    const more = [...plan, '--queries', enough];
    expect((await bindscope(['baseline', ...where, '--out', out, ...more])).code).toBe(0);
    expect((await check(out, '--models-dir', noisy)).code).toBe(1);
    // A look at that report, and the noise is accepted; the tolerances stay.
    const edited = baselineSchema.parse(JSON.parse(readFileSync(out, 'utf8')));
    edited.tolerances.minimumEffect = 0.1;
    writeFileSync(out, JSON.stringify(edited));
    const update = ['check', '--models-dir', noisy, '--baseline', out, '--update'];
    const updated = await bindscope(update);
    expect(updated.out).toMatch(/REGRESSION: [\s\S]*wrote /);
    const renewed = baselineSchema.parse(JSON.parse(readFileSync(out, 'utf8')));
    expect(renewed.tolerances.minimumEffect).toBe(0.1);
    expect(renewed.recorded > edited.recorded).toBe(true);
    expect(renewed.models[0]?.digests).not.toEqual(edited.models[0]?.digests);
    rmSync(noisy, { recursive: true });
  });

  it('cannot see a loss that is asked for, in a diff either', async () => {
    const folders = ['--models-dir', good, '--models-dir', good, '--models', OTHER];
    const plan = '--objects 4 --queries 32 --questions-per-scene 8 --pairs 0 --requests 1'.split(
      ' ',
    );
    const asked = (share: string) =>
      bindscope(['diff', ...folders, ...plan, '--minimum-detectable', share]);
    expect((await asked('0.5')).code).toBe(0);
    const blind = await asked('0.03');
    expect(blind.code).toBe(3);
    expect(blind.out).toMatch(/a loss of 3\.0 % is not detected .*--queries \d+ would be enough/);
    expect(blind.out).toContain('INSUFFICIENT: ');
  });
});

describe('a comparison of two deployments', () => {
  it('is a check of the second against the first', async () => {
    const worker = await startWorker(good);
    const json = file('diff.json');
    const same = await bindscope([
      ...['diff', '--url', worker.url.href, '--models-dir', good],
      ...['--json', json, ...QUICK],
    ]);
    // Both files are what the schemas say that the deployment publishes.
    for (const [path, address] of [
      [json, SCHEMA_ADDRESSES.checkReport],
      [BASELINE, SCHEMA_ADDRESSES.baseline],
    ] as const) {
      const schema = (await (await worker.fetch(address)).json()) as Schema;
      const content = JSON.parse(readFileSync(path, 'utf8')) as { $schema: string };
      expect(content.$schema).toBe(address);
      expect(new Validator(schema, '2020-12').validate(content).errors).toEqual([]);
    }
    await worker.stop();
    expect(same).toMatchObject({ code: 0, err: '' });
    expect(same.out).toMatch(/PASS: .* against http:/);

    const noisy = copyModels(MODEL, OTHER);
    addNoise(noisy, OTHER, 0.5);
    const folders = ['--models-dir', good, '--models-dir', noisy];
    const worse = await bindscope(['diff', ...folders, ...QUICK, '--json']);
    expect(worse.code).toBe(1);
    const report = checkReportSchema.parse(JSON.parse(worse.out));
    expect(report.$schema).toBe('/schemas/check-report-1.json');
    expect(report.before.source).toBe(good);
    expect(report.tests.find(({ verdict }) => verdict === 'regressed')?.model).toBe(OTHER);
  });
});

describe('a question', () => {
  it('is asked of files and answered in words', async () => {
    const { code, out } = await bindscope([
      'ask',
      '--models-dir',
      good,
      '--model',
      MODEL,
      '--objects',
      '3',
    ]);
    expect(code).toBe(0);
    expect(out).toMatch(/ QUE \S+\ntext-only: \w+, correct\nmost probable: \w+ .* %/);
    expect(out).toContain('test.text.context.indirect.n3.v216-216-32.z0.g6.s0.i0.q0');
  });
});

describe.each(['files', 'server'])('a check of %s', (mode) => {
  /** Checks a folder of models, as it is or served by the worker. */
  async function checkFolder(folder: string, baseline = BASELINE) {
    if (mode === 'files') return check(baseline, '--models-dir', folder);
    const worker: RunningWorker = await startWorker(folder);
    return check(baseline, '--url', worker.url.href).finally(() => worker.stop());
  }

  it('passes what is as it was, answer by answer', async () => {
    const { code, out, report } = await checkFolder(good);
    expect(code).toBe(0);
    expect(report).toMatchObject({ verdict: 'pass', findings: [], flips: [] });
    expect(report.tests.length).toBeGreaterThanOrEqual(10);
    expect(report.tests.some(({ verdict }) => verdict === 'same')).toBe(true);
    expect(
      report.tests.every(({ verdict }) => verdict === 'same' || verdict === 'insufficient'),
    ).toBe(true);
    expect(out).toContain('PASS');
  });

  it('catches noise in the weights', async () => {
    const folder = copyModels(MODEL, OTHER);
    addNoise(folder, MODEL, 0.5);
    const { code, out, report, junit } = await checkFolder(folder);
    expect(code).toBe(1);
    const regressed = report.tests.filter(({ verdict }) => verdict === 'regressed');
    expect(regressed).toContainEqual(
      expect.objectContaining({ model: MODEL, objects: 4, order: 'context', fixed: 0 }),
    );
    expect(regressed.every(({ model }) => model === MODEL)).toBe(true);
    expect(report.findings).toContainEqual(
      expect.objectContaining({ kind: 'digest', level: 'notice', model: MODEL }),
    );
    const broken = report.flips.filter(({ before, after }) => before && !after);
    expect(broken.length).toBeGreaterThanOrEqual(regressed[0]?.regressed ?? Infinity);
    expect(out).toContain(`regressed: ${MODEL} test.text.context.indirect.n3.`);
    expect(out).toMatch(/regressed[\s\S]*REGRESSION/);
    expect(junit).toMatch(/<failure message="text-only on text, in order, 4 objects: 100 %/);
  });

  it('reports another file whose card is correct, and fails for it alone with digests: fail', async () => {
    const folder = copyModels(MODEL, OTHER);
    swap(folder, MODEL, OTHER, { honestCard: true });
    const { report, out } = await checkFolder(folder);
    expect(report.findings).toContainEqual(
      expect.objectContaining({ kind: 'digest', level: 'notice', model: MODEL }),
    );
    expect(report.flips.length).toBeGreaterThan(0);
    expect(report.flips.every(({ model }) => model === MODEL)).toBe(true);
    expect(out).toMatch(/notice: model\.onnx of "text-only" has changed: sha256 \w{12}, now/);

    const strict = file('strict.json');
    const content = baselineSchema.parse(JSON.parse(readFileSync(BASELINE, 'utf8')));
    const tolerances = { ...content.tolerances, digests: 'fail' };
    writeFileSync(strict, JSON.stringify({ ...content, tolerances }));
    const again = await checkFolder(folder, strict);
    expect(again.code).toBe(1);
    expect(again.out).toMatch(/failure: model\.onnx of "text-only" has changed/);
  });

  it.each([
    [
      'a swapped file',
      (folder: string) => {
        swap(folder, MODEL, OTHER);
      },
      /the sha256 of model\.onnx differs|has \d+ bytes, but its card says/,
    ],
    [
      'a file that its card takes for another kind of model',
      (folder: string) => {
        swap(folder, MODEL, 'image-text', { honestCard: true });
      },
      /"text-only" cannot answer/,
    ],
    [
      'a truncated file',
      (folder: string) => {
        truncate(folder, MODEL);
      },
      /model\.onnx has \d+ bytes, but its card says \d+/,
    ],
  ])('catches %s, and checks the other model all the same', async (_, damage, message) => {
    const folder = copyModels(MODEL, OTHER);
    damage(folder);
    const { code, out, report, junit } = await checkFolder(folder);
    expect(code).toBe(1);
    expect(report.findings).toHaveLength(1);
    expect(report.findings[0]).toMatchObject({
      level: 'failure',
      model: MODEL,
      message: expect.stringMatching(message) as string,
    });
    expect(report.tests.length).toBeGreaterThan(0);
    expect(report.tests.every(({ model, verdict }) => model === OTHER && verdict === 'same')).toBe(
      true,
    );
    expect(out).toMatch(message);
    expect(junit).toContain('<failure');
  });
});
