import { appendFileSync, cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { languageInterchangeSchema } from '../../contract/language-interchange.ts';
import { SCHEMA_ADDRESSES } from '../../contract/schema-addresses.ts';
import { probesSchema } from '../../contract/probes.ts';
import { InterchangeProgress } from '../../measurement/language/interchange-progress.ts';
import { interchangeWords } from '../../measurement/language/interchange-words.ts';
import { openLanguageModel } from '../../measurement/language/language-model.ts';
import { readJson } from '../../node/files.ts';
import { TASK_WORDING } from '../../task/language/task-wording.ts';
import { elementAt } from '../../task/element-at.ts';
import { ROOT } from '../../build/paths.ts';
import { foreignFile } from '../fixtures/onnx/files.ts';
import { bindscope } from '../support/cli.ts';
import { schemaFaults } from '../support/json-schema.ts';
import { writeNeoxFolder } from '../support/neox-folder.ts';

const PAIRS = 24;
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bindscope-language-'));
  for (const id of ['text-only', 'image-text']) writeNeoxFolder(join(folder, id), id);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const interchange = (...args: string[]) =>
  bindscope(['interchange', '--threads', '1', '--queries', '8', '--lengths', '4,12', ...args]);
const resultOf = (path: string) => readJson(path, languageInterchangeSchema);

describe('models of known mechanism, as folders of the Hub', () => {
  it('have the mechanism and the layers that were published', async () => {
    const out = join(folder, 'own.json');
    const { code, err } = await interchange(
      ...['--onnx', join(folder, 'text-only'), '--against', join(folder, 'image-text')],
      ...['--template', 'task', '--pairs', String(PAIRS), '--out', out],
    );
    expect(err).toMatch(
      /text-only: 8 layers of width 64, 470 tokens, float32; prompts are computed once/,
    );
    expect(code).toBe(0);
    expect(schemaFaults(SCHEMA_ADDRESSES.languageInterchange, resultOf(out))).toEqual([]);
    const { models, paired, prompts } = resultOf(out);
    expect(prompts).toMatchObject({ template: 'task', order: 'context', objects: 8, pairs: PAIRS });
    const mechanisms = ['positional', 'symbolic'] as const;
    for (const [index, model] of models.entries()) {
      const found = model.interchange;
      const published = readJson(
        `${ROOT}models/${model.name}/probes.json`,
        probesSchema,
      ).interchange?.find(({ modality, order }) => modality === 'text' && order === 'context');
      expect(found?.firstCausalLayer).toBe(published?.firstCausalLayer);
      expect(found?.peakLayer).toBe(published?.peakLayer);
      const shares = found?.layers[found.peakLayer]?.shares;
      expect(shares?.[elementAt(mechanisms, index)].accuracy).toBeGreaterThanOrEqual(0.99);
      // Controls change answers to the candidates no more often than to other items.
      const { random, unrelated } = found?.layers[found.peakLayer]?.controls ?? {};
      expect(random?.symbolic.accuracy).toBeLessThan(0.5);
      expect(unrelated?.positional.accuracy).toBeLessThan(0.5);
      expect(found?.layers.at(-1)?.shares.reflexive.accuracy).toBe(1);
      expect(model.mixture[4]?.weights[elementAt(mechanisms, index)].weight).toBeGreaterThan(0.97);
    }
    expect(paired?.solvedByBoth).toBe(PAIRS);
    expect(paired?.symbolic).toMatchObject({ both: 0, onlyA: 0, onlyB: PAIRS });
    expect(existsSync(`${out}.progress.jsonl`)).toBe(false);
  });
});

it('goes on where it was stopped, and gives the same result', async () => {
  const model = await openLanguageModel(join(folder, 'text-only'), { memory: 2 ** 26 });
  const run = vi.spyOn(model.runner, 'run');
  const plan = {
    chat: false,
    order: 'context',
    seed: 3,
    objects: 8,
    pairs: 4,
    lengths: [4],
    queries: 6,
  } as const;
  const path = join(folder, 'progress.jsonl');
  const measure = (stopAfter = Infinity) => {
    const progress = InterchangeProgress.open(path, plan);
    const code = { version: '0', commit: null };
    return interchangeWords([model], TASK_WORDING, plan, progress, code, () => {
      if (progress.size >= stopAfter) throw new Error('stopped');
    });
  };
  const whole = await measure();
  const all = run.mock.calls.length;
  rmSync(path);
  await expect(measure(8)).rejects.toThrow('stopped');
  appendFileSync(path, '{"kind":"pair","mod');
  run.mockClear();
  expect(await measure()).toEqual(whole);
  // Two pairs of four: four runs of prompts each.
  expect(run.mock.calls.length).toBe(8);
  expect(all).toBe(6 + 16);
  await model.release();
});

it('asks by the chat template as transformers does', async () => {
  const path = join(folder, 'chat');
  cpSync(join(ROOT, 'test/golden/chat-template'), path, { recursive: true });
  writeFileSync(join(path, 'model.onnx'), foreignFile('qwen2/model.onnx'));
  const golden = readJson(
    join(path, 'golden.json'),
    z.object({ question: z.string(), lead: z.string(), ids: z.array(z.number()) }),
  );
  const model = await openLanguageModel(path, { memory: 2 ** 26, chat: true });
  // The answer begins where the template ends, so the line break before it goes.
  const { tokens } = await model.encode(golden.question, `\n${golden.lead}`);
  expect(tokens).toEqual(golden.ids);
  await model.release();
});

describe('a folder that cannot be measured', () => {
  const copy = (name: string, file: string) => {
    const path = join(folder, name);
    cpSync(join(folder, 'text-only'), path, { recursive: true });
    if (file !== '') rmSync(join(path, file));
    return path;
  };
  const attempt = (path: string, ...args: string[]) =>
    interchange('--onnx', path, '--template', 'task', '--out', join(folder, 'no.json'), ...args);

  it.each([
    ['onnx/model.onnx', /has none of model\.onnx, decoder_model_merged\.onnx, decoder_model\.onnx/],
    ['tokenizer.json', /has no tokenizer\.json/],
  ])('without %s says so', async (file, message) => {
    const { code, err } = await attempt(copy(`without-${file.replace('/', '-')}`, file));
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });

  it('says which device, which format and which number is wrong', async () => {
    const path = join(folder, 'text-only');
    expect((await attempt(path, '--device', 'abacus')).err).toMatch(
      /no device "abacus" here; it has cpu/,
    );
    expect((await attempt(path, '--format', 'q4')).err).toMatch(/has none of model_q4\.onnx/);
    expect((await attempt(path, '--objects', '3')).err).toMatch(/4 to 128/);
    expect((await attempt(path, '--objects', '64')).err).toMatch(/objects \(64\) must not exceed/);
    expect((await attempt(join(folder, 'nobody'))).err).toMatch(/there is no folder/);
    expect((await attempt(path, '--chat')).err).toMatch(/--chat needs a template of sentences/);
    expect((await attempt(path, '--chat', '--template', 'list')).err).toMatch(
      /has no chat template/,
    );
  });
});
