import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answersSchema } from '../../contract/answers.ts';
import { baselineSchema } from '../../contract/baseline.ts';
import { unpackBits } from '../../contract/bitset.ts';
import { languageEvaluationSchema } from '../../contract/language-evaluation.ts';
import { openModel } from '../../inference/session.ts';
import { nodeRuntime } from '../../node/onnx-runtime.ts';
import { bindscope } from '../support/cli.ts';
import { answerEnglish, startEndpoint } from '../support/english-model.ts';
import { shippedCard, shippedFile } from '../support/shipped.ts';

/** A model of known accuracy behind an endpoint, which reads the English back. */
const MODEL = 'text-only';
const scratch = mkdtempSync(join(tmpdir(), 'bindscope-english-'));
let server: Awaited<ReturnType<typeof startEndpoint>>;
beforeAll(async () => {
  const runner = await openModel(await nodeRuntime(), {
    model: shippedFile(`${MODEL}/model.onnx`),
    featureWidth: 0,
  });
  server = await startEndpoint(async ({ body }) => {
    const text = String(body.messages?.[0]?.content);
    // The item beside the first shape of the list.
    if (body.model === 'worse') return /^- .+: (.+)$/m.exec(text)?.[1] ?? '';
    if (body.model === 'unsteady') return randomUUID();
    return answerEnglish(runner, text, 'task');
  });
});
afterAll(async () => {
  await server.stop();
  rmSync(scratch, { recursive: true });
});

describe('bindscope evaluate', () => {
  it('finds the published curve of a model behind an endpoint, to the last query', async () => {
    const file = join(scratch, 'evaluation.json');
    const { vocabulary } = shippedCard(MODEL).recipe;
    const sizes = [vocabulary.colours, vocabulary.shapes, vocabulary.items].join(',');
    const { code, err } = await bindscope([
      ...['evaluate', '--endpoint', server.url, '--model', MODEL, '--no-cache', '--out', file],
      ...['--words', 'task', '--objects', '4,8,9,12', '--queries', '50', '--vocabulary', sizes],
    ]);
    expect({ code, err }).toMatchObject({ code: 0 });
    const { byObjects, answers } = languageEvaluationSchema.parse(
      JSON.parse(readFileSync(file, 'utf8')),
    );
    const published = answersSchema.parse(
      JSON.parse(Buffer.from(shippedFile(`${MODEL}/answers.json`)).toString()),
    );
    for (const { objects } of byObjects) {
      const known = published.results.find(
        (one) => one.modality === 'text' && one.order === 'context' && one.objects === objects,
      );
      const correct = unpackBits(known?.correct ?? '', known?.count ?? 0)?.slice(0, 50);
      const measured = answers.filter((one) => one.objects === objects);
      expect(measured.map((one) => one.correct)).toEqual(correct);
    }
  });
});

describe('a regression gate of a model behind an endpoint', () => {
  const plan = ['--words', 'task', '--objects', '4,8', '--queries', '100', '--pairs', '0'];
  const where = (model: string) => ['--endpoint', server.url, '--model', model];
  const baseline = join(scratch, 'baseline.json');

  it('passes against itself, and fails for a worse model', async () => {
    const recorded = await bindscope([
      ...['baseline', ...where(MODEL), ...plan, '--requests', '1', '--out', baseline],
    ]);
    expect(recorded).toMatchObject({ code: 0, err: '' });
    const { models } = baselineSchema.parse(JSON.parse(readFileSync(baseline, 'utf8')));
    expect(models.map(({ id, conditions }) => [id, conditions.map(({ order }) => order)])).toEqual([
      [MODEL, ['context', 'shuffled']],
    ]);
    const [ordered] = models[0]?.conditions ?? [];
    expect(ordered?.byObjects.map(({ correct }) => correct)).toEqual([100, 100]);

    const check = (model: string, ...more: string[]) =>
      bindscope(['check', ...where(model), '--words', 'task', '--baseline', baseline, ...more]);
    expect(await check(MODEL)).toMatchObject({ code: 0, err: '' });
    const worse = await check('worse');
    expect(worse.code).toBe(1);
    expect(worse.out).toMatch(/REGRESSION/);
    // Other words make other queries.
    const other = await check('worse', '--template', 'sentence');
    expect(other.code).toBe(2);
    expect(other.err).toContain('the queries with 4 objects');
  });

  it('compares two models of one endpoint', async () => {
    const command = ['diff', '--endpoint', server.url, ...plan, '--requests', '1'];
    const worse = await bindscope([...command, '--model', MODEL, '--model', 'worse']);
    expect(worse).toMatchObject({ code: 1, err: '' });
    expect(worse.out).toMatch(/REGRESSION: worse at http/);
  });

  it('refuses a model whose answers do not repeat, a model without an endpoint, and the reverse', async () => {
    const unsteady = await bindscope(['baseline', ...where('unsteady'), ...plan]);
    expect(unsteady.code).toBe(2);
    expect(unsteady.err).toMatch(/are not deterministic/);
    expect((await bindscope(['baseline', '--model', 'a'])).err).toContain('needs --endpoint');
    expect((await bindscope(['baseline', '--endpoint', server.url])).err).toContain(
      'needs --model',
    );
  });
});
