import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { itemPair } from '../../probes/item-pairs.ts';
import { summariseItems, sweepItems } from '../../probes/items.ts';
import { summariseItemPatches } from '../../probes/interpretation.ts';
import type { ProbeRunner } from '../../probes/runner.ts';
import { packPrompt } from '../../task/prompt.ts';
import { queryOf } from '../../task/query.ts';
import { parseSpec } from '../../task/spec.ts';
import { itemBindingNetwork } from '../support/item-binding-network.ts';
import { referenceNetwork } from '../support/reference-networks.ts';

const orders = ['context', 'shuffled'] as const;

describe('pairs for the items', () => {
  it('have the same associations, and a context that binds them otherwise', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 3, max: 32 }),
        fc.constantFrom(...orders),
        fc.nat(),
        fc.nat(),
        (objects, order, seed, index) => {
          const spec = parseSpec({ objects, order });
          const { original, counterfactual, asked, positional, symbolic } = itemPair(
            spec,
            seed,
            index,
          );
          expect(new Set([asked, positional, symbolic]).size).toBe(3);
          const [before, after] = [original, counterfactual].map((scene) =>
            packPrompt(scene, 'text', spec.grid, []),
          );
          expect(after?.tokens.slice(2 * objects)).toEqual(before?.tokens.slice(2 * objects));

          // The asked colour is now that of the shape of `symbolic`, which stands where it was.
          const colour = original.objects[asked]?.colour;
          const found = counterfactual.objects.findIndex((object) => object.colour === colour);
          expect(counterfactual.objects[found]?.shape).toBe(original.objects[symbolic]?.shape);
          expect(found).toBe(symbolic);
          // The position of the object asked about now has the shape of `positional`, in another colour.
          expect(counterfactual.objects[asked]?.shape).toBe(original.objects[positional]?.shape);
          expect(counterfactual.objects[asked]?.colour).not.toBe(colour);
          expect(queryOf(counterfactual, found, spec).strategies.symbolic.item).toBe(
            original.objects[symbolic]?.item,
          );

          // Still a proper scene of the same names, and every item belongs to the same shape.
          const itemsByShape = (scene: typeof original) =>
            scene.objects.map(({ shape, item }) => `${shape} ${item}`).sort();
          expect(itemsByShape(counterfactual)).toEqual(itemsByShape(original));
          const colours = (scene: typeof original) =>
            scene.objects.map((object) => object.colour).sort();
          expect(colours(counterfactual)).toEqual(colours(original));
        },
      ),
    );
  });

  it('need three objects', () => {
    expect(() => itemPair(parseSpec({ objects: 2 }), 0, 0)).toThrow(/at least 3 objects, not 2/);
  });
});

describe('interchange at the items, on networks whose mechanism is known', () => {
  const sweep = async (probe: ProbeRunner, order: (typeof orders)[number]) => {
    const subject = { probe, encode: () => Promise.reject(new Error('text')), featureWidth: 0 };
    const indices = Array.from({ length: 50 }, (_, index) => index);
    const pairs = await sweepItems(subject, parseSpec({ objects: 8, order }), 1, indices);
    return { pairs, groups: summariseItems(pairs, probe.shape.layers) };
  };

  it.each([
    ['colour', 'symbolic'],
    ['position', 'positional'],
  ] as const)('finds items that hold the %s', async (holds, outcome) => {
    for (const order of orders) {
      const { pairs, groups } = await sweep(itemBindingNetwork(holds), order);
      expect(pairs).toHaveLength(50);
      const items = groups.find(({ tokens }) => tokens === 'association-item');
      const shares = items?.layers.map((layer) => [
        layer.shares.unchanged.correct,
        layer.shares[outcome].correct,
      ]);
      // It binds in layer 1 and is read before layer 3: a patch counts in between.
      expect(shares).toEqual([
        [50, 0],
        [50, 0],
        [0, 50],
        [0, 50],
      ]);
      expect(items?.layers.map(({ minLogitDelta }) => minLogitDelta)).toEqual([0, 0, 1, 1]);
      // Random vectors hold nothing that the query could find.
      expect(items?.layers[2]?.random[outcome].correct).toBeLessThan(25);
      expect(groups[0]?.layers.every(({ shares: { unchanged } }) => unchanged.correct === 50)).toBe(
        true,
      );
      const text = summariseItemPatches({
        modality: 'text',
        ...{ order, objects: 8, pairs: 50, solved: pairs.length, groups },
      });
      expect(text).toContain('patching all association-item tokens at layer 2 moved');
      expect(text).toContain(`the items hold ${holds}s of the context`);
    }
  });

  it.each([
    ['positional', 'context', 50],
    ['symbolic', 'context', 50],
    ['symbolic', 'shuffled', 50],
  ] as const)('finds nothing where a query binds: %s, %s', async (mechanism, order, solved) => {
    const { pairs, groups } = await sweep(referenceNetwork(mechanism), order);
    expect(pairs).toHaveLength(solved);
    for (const { layers } of groups) {
      for (const { shares } of layers) expect(shares.unchanged.accuracy).toBe(1);
    }
    expect(
      summariseItemPatches({
        modality: 'text',
        ...{ order, objects: 8, pairs: 50, solved: pairs.length, groups },
      }),
    ).toMatch(/no patch of all associations moved 0 % .* it does not bind at the items/);
  });

  it('leaves out the pairs that a model does not solve', async () => {
    const { pairs } = await sweep(referenceNetwork('positional'), 'shuffled');
    expect(pairs.length).toBeGreaterThan(0);
    expect(pairs.length).toBeLessThan(25);
  });
});
