import { expect, it } from 'vitest';
import { decoderFault } from '../../services/decoder-batch.ts';
import { assembleBatch, MASKED, type Batch } from '../../task/batch.ts';
import { packPrompt } from '../../task/prompt.ts';
import { generateScene } from '../../task/scene.ts';
import { parseSpec } from '../../task/spec.ts';

const spec = parseSpec({ objects: 3 });
const rowOf = (index: number, objects: readonly number[], gaps = 0) => ({
  prompt: packPrompt(
    generateScene({ ...spec, maxPositionGaps: gaps }, 1, index),
    'text',
    spec.grid,
    objects.map((object) => ({ question: 'indirect' as const, object })),
  ),
});
const packed = () => assembleBatch([rowOf(0, [2, 0]), rowOf(1, [1])]);

function withBias(change: (batch: Batch, answer: number) => void): Batch {
  const batch = packed();
  change(batch, batch.answerIndex[0] ?? 0);
  return batch;
}

it('packed prompts are what a decoder can compute, also without position_ids', () => {
  expect(decoderFault(packed(), true)).toBeUndefined();
  expect(decoderFault(packed(), false)).toBeUndefined();
});

it('gaps need position_ids', () => {
  const batch = assembleBatch([rowOf(3, [0], 50)]);
  expect(decoderFault(batch, true)).toBeUndefined();
  expect(decoderFault(batch, false)).toMatch(
    /^positions\.\d+ must be \d+: .*no input position_ids/,
  );
});

it.each<[string, RegExp, (batch: Batch, answer: number) => void]>([
  [
    'a bias between',
    /^attention_bias\.0 must be 0, or at most -1000000000/,
    ({ attentionBias }) => (attentionBias[0] = -1),
  ],
  [
    'an answer that attends to nothing',
    /attend to itself and to no later token/,
    ({ attentionBias, length }, answer) =>
      attentionBias.fill(MASKED, answer * length, (answer + 1) * length),
  ],
  [
    'an answer that attends to a later token',
    /attend to itself and to no later token/,
    ({ attentionBias, length }, answer) => (attentionBias[answer * length + length - 1] = 0),
  ],
  [
    'a token before it that attends to a later one',
    /must let token 0 attend to itself and to those earlier tokens/,
    ({ attentionBias }) => (attentionBias[1] = 0),
  ],
  [
    'a token before it that does not attend to the first',
    /must let token 1 attend to itself and to those earlier tokens/,
    ({ attentionBias, length }) => (attentionBias[length] = MASKED),
  ],
  [
    'a context that attends to a token which the answer does not see',
    /must let token 2 attend to itself and to those earlier tokens/,
    ({ attentionBias, length }, answer) => (attentionBias[answer * length + 1] = MASKED),
  ],
])('%s is a fault', (_, message, change) => {
  expect(decoderFault(withBias(change), true)).toMatch(message);
});
