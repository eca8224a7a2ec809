import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packBits } from '../../contract/bitset.ts';
import { byPositionOf } from '../../reports/positions.ts';
import { accuracyByPosition } from '../../statistics/position-accuracy.ts';
import { generateQuery } from '../../task/query.ts';
import { askedPosition } from '../../task/scene.ts';
import { parseSpec } from '../../task/spec.ts';
import { SPECIAL_TOKENS } from '../../task/tokens.ts';

describe('accuracy by position', () => {
  it('counts each position by itself, in order, and leaves out those not asked', () => {
    const counts = accuracyByPosition([3, 0, 3, 3, 0], [true, false, false, true, false]);
    expect(counts.map(({ position, correct, count }) => [position, correct, count])).toEqual([
      [0, 0, 2],
      [3, 2, 3],
    ]);
    // Wilson's interval of 2 of 3.
    expect(counts[1]?.interval[0]).toBeCloseTo(0.2077, 4);
    expect(counts[1]?.interval[1]).toBeCloseTo(0.9385, 4);
  });

  it('refuses answers without a position', () => {
    expect(() => accuracyByPosition([0], [true, true])).toThrow(RangeError);
  });
});

it('the position asked about is where the prompt has its colour, and its shape with the item', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 32 }),
      fc.constantFrom('context' as const, 'shuffled' as const),
      fc.nat(),
      fc.nat(31),
      (objects, order, index, nth) => {
        const question = nth % objects;
        const spec = parseSpec({ objects, order });
        const { scene, prompt, answer } = generateQuery({ spec, seed: 0, index, question });
        const end = prompt.tokens.indexOf(SPECIAL_TOKENS.CTX_END);
        const asked = prompt.tokens.at(-1) ?? -1;
        const inContext = askedPosition(scene, question, 'context');
        expect(prompt.tokens.indexOf(asked)).toBe(2 * inContext);
        const inAssociations = askedPosition(scene, question, 'association');
        expect(prompt.tokens.indexOf(answer)).toBe(end + 2 + 2 * inAssociations);
        if (order === 'context') expect(inAssociations).toBe(inContext);
      },
    ),
  );
});

it('a report finds the positions of stored answers again', () => {
  const objects = 16;
  const correct = Array.from({ length: 200 }, (_, index) => {
    const spec = parseSpec({ objects, order: 'shuffled' });
    const { prompt, answer } = generateQuery({ spec, seed: 0, index, question: 0 });
    // Only associations in the last half of the list are answered.
    return prompt.tokens.indexOf(answer) >= prompt.tokens.length - 2 - objects;
  });
  const answers = {
    schema: 1 as const,
    digest: '0'.repeat(64),
    split: 'test' as const,
    seed: 0,
    results: [
      {
        ...({ modality: 'text', order: 'shuffled' } as const),
        ...{ objects, count: 200, correct: packBits(correct) },
      },
    ],
  };
  const listed = { modality: 'text', order: 'shuffled' } as const;
  const found = byPositionOf({ answers }, { ...listed, list: 'association' }, objects) ?? [];
  expect(found.map(({ position }) => position)).toEqual([...Array(objects).keys()]);
  expect(found.map(({ accuracy }) => accuracy)).toEqual(
    Array.from({ length: objects }, (_, position) => Number(position >= objects / 2)),
  );
  // In the context the same objects stand anywhere.
  const inContext = byPositionOf({ answers }, { ...listed, list: 'context' }, objects) ?? [];
  expect(inContext.some(({ accuracy }) => accuracy > 0 && accuracy < 1)).toBe(true);
  expect(byPositionOf({ answers }, { ...listed, list: 'context' }, 8)).toBeUndefined();
});
