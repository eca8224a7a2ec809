import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
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
