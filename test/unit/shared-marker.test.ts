import * as ort from 'onnxruntime-node';
import { expect, it } from 'vitest';
import { openModel } from '../../inference/session.ts';
import { assembleBatch } from '../../task/batch.ts';
import { packPrompt, type Packing, type SceneQuestion } from '../../task/prompt.ts';
import { generateScene } from '../../task/scene.ts';
import { parseSpec } from '../../task/spec.ts';
import { SPECIAL_TOKENS } from '../../task/tokens.ts';
import { shippedFile } from '../support/shipped.ts';
import { relativeError } from '../support/training.ts';

const spec = parseSpec({ objects: 5, maxPositionGaps: 4 });
const scene = generateScene(spec, 2, 0);
const ask = (question: SceneQuestion['question'], ...objects: number[]): SceneQuestion[] =>
  objects.map((object) => ({ question, object }));
const pack = (questions: readonly SceneQuestion[], packing?: Packing) =>
  packPrompt(scene, 'text', spec.grid, questions, packing);

it('one marker stands for the questions of a kind, each of which is then one token', () => {
  const single = pack(ask('indirect', 3));
  const shared = pack(ask('indirect', 3, 1, 4), { sharedMarker: true });
  const prefix = single.tokens.length - 1;
  expect(shared.tokens.slice(0, prefix)).toEqual(single.tokens.slice(0, prefix));
  expect(shared.tokens[prefix - 1]).toBe(SPECIAL_TOKENS.QUE);
  expect(shared.tokens).toHaveLength(prefix + 3);
  expect(shared.answers.map(({ tokenIndex }) => tokenIndex)).toEqual([
    prefix,
    prefix + 1,
    prefix + 2,
  ]);
  expect(new Set(shared.positions.slice(prefix))).toEqual(new Set(single.positions.slice(prefix)));
  expect(shared.segments.slice(prefix - 1)).toEqual([0, 1, 2, 3]);
});

it('questions of several kinds keep their markers', () => {
  const mixed = [...ask('indirect', 3), ...ask('shape', 1)];
  expect(pack(mixed, { sharedMarker: true })).toEqual(pack(mixed));
});

it.each([1, 5])('a shared marker gives the same logits, with %d questions', async (count) => {
  const model = await openModel(ort, {
    model: shippedFile('text-only/model.onnx'),
    featureWidth: 0,
  });
  const asked = ask('indirect', ...[3, 1, 4, 0, 2].slice(0, count));
  const alone = await Promise.all(
    asked.map(async (one) => [...(await model.logits(assembleBatch([{ prompt: pack([one]) }])))]),
  );
  const prompt = pack(asked, { sharedMarker: true });
  const together = await model.logits(assembleBatch([{ prompt }]));
  expect(relativeError(together, Float32Array.from(alone.flat()))).toBeLessThan(1e-5);
});
