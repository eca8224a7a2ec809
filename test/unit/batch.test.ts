import { describe, expect, it } from 'vitest';
import { assembleBatch, MASKED } from '../../task/batch.ts';
import { packPrompt, type PackedPrompt } from '../../task/prompt.ts';
import { generateScene } from '../../task/scene.ts';
import { parseSpec } from '../../task/spec.ts';

describe('a batch', () => {
  /** Two tokens that are shared, and two questions of one token each. */
  const long: PackedPrompt = {
    tokens: [11, 12, 13, 14],
    positions: [0, 2, 3, 3],
    segments: [0, 0, 1, 2],
    roles: ['colour', 'shape', 'question', 'question'],
    patches: 0,
    answers: [
      { tokenIndex: 2, token: 21 },
      { tokenIndex: 3, token: 22 },
    ],
  };
  const picture: PackedPrompt = {
    tokens: [31, 32],
    positions: [0, 1],
    segments: [0, 1],
    roles: ['patch', 'question'],
    patches: 1,
    answers: [{ tokenIndex: 1, token: 23 }],
  };

  it('pads rows to the longest, and counts answers over all rows', () => {
    const batch = assembleBatch([{ prompt: { ...picture, patches: 0 } }, { prompt: long }]);
    expect(batch).toMatchObject({ rows: 2, length: 4 });
    expect([...batch.tokens]).toEqual([31, 32, 0, 0, 11, 12, 13, 14]);
    expect([...batch.positions]).toEqual([0, 1, 0, 0, 0, 2, 3, 3]);
    expect([...batch.answerIndex]).toEqual([1, 6, 7]);
    expect([...batch.targets]).toEqual([23, 21, 22]);
    expect(batch.patchFeatures).toBeUndefined();
  });

  it('lets a token attend to itself and to earlier ones of the prefix and of its own question', () => {
    const { attentionBias } = assembleBatch(
      [{ prompt: picture, features: Float32Array.of(1, 2) }, { prompt: long }],
      2,
    );
    const allowed = [
      // The padding attends to nothing.
      ...['1000', '1100', '0000', '0000'],
      ...['1000', '1100', '1110', '1101'],
    ];
    const bits = Array.from({ length: 8 }, (_, row) =>
      Array.from(attentionBias.subarray(row * 4, row * 4 + 4), (bias) => (bias === 0 ? 1 : 0)).join(
        '',
      ),
    );
    expect(bits).toEqual(allowed);
    expect(new Set(attentionBias)).toEqual(new Set([0, MASKED]));
    expect(Math.exp(MASKED)).toBe(0);
  });

  it('puts the features of a picture at its patches, and zeros at all other tokens', () => {
    const features = Float32Array.of(0.5, -2);
    const { patchFeatures } = assembleBatch([{ prompt: long }, { prompt: picture, features }], 2);
    expect([...(patchFeatures ?? [])]).toEqual([
      ...Array<number>(8).fill(0),
      0.5,
      -2,
      ...Array<number>(6).fill(0),
    ]);
  });

  it.each([
    ['no features', 2, undefined, '1 x 2 features, got 0'],
    ['too few features', 2, Float32Array.of(1), '1 x 2 features, got 1'],
    ['a model without visual input', 0, new Float32Array(0), '1 x 0 features, got 0'],
  ])('is refused for a picture with %s', (_, width, features, message) => {
    const row = { prompt: picture, ...(features && { features }) };
    expect(() => assembleBatch([row], width)).toThrow(message);
  });
});

describe('associations whose attention to the context is masked', () => {
  const spec = parseSpec({ objects: 3, order: 'shuffled' });
  const prompt = packPrompt(generateScene(spec, 1, 0), 'text', spec.grid, [
    { question: 'indirect', object: 0 },
  ]);
  const context = ['colour', 'shape', 'context-end'];
  const associations = ['association-shape', 'association-item'];
  const plain = assembleBatch([{ prompt }]);
  const masked = assembleBatch([{ prompt, maskContext: true }]);

  it('do not attend to the context, and nothing else changes', () => {
    prompt.roles.forEach((from, at) => {
      prompt.roles.forEach((to, read) => {
        const place = at * masked.length + read;
        const cut = associations.includes(from) && context.includes(to);
        expect(masked.attentionBias[place]).toBe(cut ? MASKED : plain.attentionBias[place]);
      });
    });
    expect({ ...masked, attentionBias: [] }).toEqual({ ...plain, attentionBias: [] });
  });

  it('leave the attention of the question as it is', () => {
    const last = prompt.roles.length - 1;
    const row = masked.attentionBias.subarray(last * masked.length, (last + 1) * masked.length);
    expect([...row].every((bias) => bias === 0)).toBe(true);
  });
});
