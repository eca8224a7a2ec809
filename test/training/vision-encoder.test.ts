import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { languageInterchangeSchema } from '../../contract/language-interchange.ts';
import { openLanguageModel } from '../../measurement/language/language-model.ts';
import { readJson } from '../../node/files.ts';
import { foreignPath } from '../fixtures/onnx/files.ts';
import { largestDifference } from '../fixtures/onnx/sessions.ts';
import { bindscope } from '../support/cli.ts';

const answerSchema = z.object({ tokens: z.number(), logits: z.array(z.number()) });
/** Made with transformers; see examples/vision. */
const goldenSchema = z.object({
  question: z.string(),
  lead: z.string(),
  chat: answerSchema,
  plain: answerSchema,
  text: answerSchema,
});

const folderOf = (name: string) => foreignPath(`vision/${name}`);

describe.each(['qwen2-vl', 'qwen2-5-vl', 'qwen3-vl'])('%s with random weights', (name) => {
  const folder = folderOf(name);
  const golden = readJson(join(folder, 'golden.json'), goldenSchema);
  const { width, height, data } = decode(readFileSync(join(folder, 'picture.png')));
  const picture = { width, height, data: Uint8Array.from(data) };

  it.each(['chat', 'plain'] as const)('answers to a picture as transformers: %s', async (way) => {
    const model = await openLanguageModel(folder, {
      memory: 2 ** 26,
      pictures: true,
      chat: way === 'chat',
    });
    const { runner } = model;
    const answerTo = async (seen: typeof picture) => {
      const prompt = await model.encode(golden.question, golden.lead, seen);
      const [answer] = await runner.run(prompt, [undefined], (one) => ({
        logits: one.logits.slice(),
        last: one.residual(runner.layers),
        middle: one.residual(1),
      }));
      if (!answer) throw new Error('no answer');
      return { prompt, ...answer };
    };
    const { prompt, logits, middle } = await answerTo(picture);
    expect(prompt.tokens.length).toBe(golden[way].tokens);
    expect(largestDifference(logits, Float32Array.from(golden[way].logits))).toBeLessThan(1e-4);
    // The same tokens with another picture: the cached prompt is not taken for this one.
    const blank = await answerTo({ ...picture, data: picture.data.map(() => 255) });
    expect(largestDifference(blank.logits, logits)).toBeGreaterThan(0.01);
    // Its own activations change nothing; those of the other picture after the last layer give that one's answer.
    const patches = [
      { layer: 1, vector: middle },
      { layer: runner.layers, vector: blank.last },
    ];
    const [own, other] = await runner.run(prompt, patches, (answer) => answer.logits.slice());
    expect(largestDifference(own ?? logits.map(() => NaN), logits)).toBeLessThan(1e-4);
    expect(largestDifference(other ?? logits, blank.logits)).toBeLessThan(1e-4);
    await model.release();
  });

  it('answers to a text alone as transformers', async () => {
    const model = await openLanguageModel(folder, { memory: 2 ** 26 });
    const prompt = await model.encode(golden.question, golden.lead);
    expect(prompt.tokens.length).toBe(golden.text.tokens);
    const [logits] = await model.runner.run(prompt, [undefined], (one) => one.logits.slice());
    expect(
      largestDifference(logits ?? new Float32Array(), Float32Array.from(golden.text.logits)),
    ).toBeLessThan(1e-4);
    await model.release();
  });
});

describe('pictures as prompts of an interchange', () => {
  let out = '';
  beforeAll(() => {
    out = mkdtempSync(join(tmpdir(), 'bindscope-vision-'));
  });
  afterAll(() => {
    rmSync(out, { recursive: true });
  });
  const interchange = (folder: string) =>
    bindscope([
      ...['interchange', '--onnx', folder, '--template', 'picture', '--threads', '1'],
      ...['--objects', '4', '--pairs', '4', '--lengths', '4', '--queries', '12'],
      ...['--out', join(out, 'result.json')],
    ]);

  it('are measured as text is', async () => {
    const { code, err } = await interchange(folderOf('qwen2-vl'));
    expect({ code, err: err.includes('error') }).toEqual({ code: 0, err: false });
    const result = readJson(join(out, 'result.json'), languageInterchangeSchema);
    expect(result.prompts).toMatchObject({ template: 'picture', objects: 4 });
    const [model] = result.models;
    // This tokenizer has whole words for a few items only.
    expect(err).toMatch(
      new RegExp(`${model?.droppedItems} items left out, as they begin .*: \\w+ \\(\\w+\\), `),
    );
    // Weights are random: pairs are solved by chance only.
    expect(model?.accuracy[0]?.count).toBe(12);
    expect(model?.network).toMatchObject({ layers: 3, width: 32 });
  });

  it('are refused for a model that cannot see, and for a layout that is not known', async () => {
    const copy = join(out, 'copy');
    cpSync(folderOf('qwen2-vl'), copy, { recursive: true });
    const { vision_config: visionConfig, ...config } = readJson(
      join(copy, 'config.json'),
      z.looseObject({ vision_config: z.looseObject({}) }),
    );
    const refused = async (changes: object, why: RegExp) => {
      writeFileSync(
        join(copy, 'config.json'),
        JSON.stringify({ ...config, vision_config: visionConfig, ...changes }),
      );
      const { code, err } = await interchange(copy);
      expect({ code, err }).toMatchObject({ code: 2, err: expect.stringMatching(why) as string });
    };
    await refused(
      { model_type: 'llava' },
      /pictures can be shown to qwen2_vl, qwen2_5_vl, qwen3_vl; .* is llava/,
    );
    // An export that has dropped what Qwen3-VL adds inside the decoder.
    await refused(
      {
        model_type: 'qwen3_vl',
        vision_config: { ...visionConfig, deepstack_visual_indexes: [5, 11, 17] },
      },
      /after 3 layers \(DeepStack\); its encoder has 0 outputs for them, its decoder 0 inputs/,
    );
    rmSync(join(copy, 'onnx/vision_encoder.onnx'));
    const { code, err } = await interchange(copy);
    expect(code).toBe(2);
    expect(err).toMatch(/has no vision_encoder\.onnx, so it cannot see pictures/);
  });
});
