import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sweepLayers } from '../../probes/interchange.ts';
import {
  addTallies,
  summarise,
  summariseTally,
  tallyOf,
} from '../../probes/interchange-summary.ts';
import { interchangePair } from '../../probes/pairs.ts';
import { queryOf } from '../../task/query.ts';
import { parseSpec } from '../../task/spec.ts';
import { referenceNetwork } from '../support/reference-networks.ts';

const noPictures = () => Promise.reject(new Error('these tests read text'));
const indices = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('pairs', () => {
  it('let each mechanism find something else', () => {
    const order = fc.constantFrom('context' as const, 'shuffled' as const);
    fc.assert(
      fc.property(
        fc.integer({ min: 4, max: 32 }),
        order,
        fc.nat(),
        fc.nat(),
        (objects, o, s, i) => {
          const spec = parseSpec({ objects, order: o });
          const pair = interchangePair(spec, s, i);
          const { original, counterfactual, asked, positional, symbolic, reflexive } = pair;
          expect(new Set([asked, positional, symbolic, reflexive]).size).toBe(4);

          // The same colour is asked about, and in the counterfactual it stands at P.
          const there = counterfactual.objects[positional];
          expect(there?.colour).toBeDefined();
          expect(there?.colour).toBe(original.objects[asked]?.colour);
          expect(there?.shape).toBe(original.objects[symbolic]?.shape);
          const query = queryOf(counterfactual, positional, spec);
          expect(query.strategies.symbolic.item).toBe(original.objects[reflexive]?.item);

          // Still a proper scene, of the same names.
          for (const field of ['colour', 'shape', 'item'] as const) {
            const names = (scene: typeof original) => scene.objects.map((object) => object[field]);
            expect([...names(counterfactual)].sort()).toEqual([...names(original)].sort());
          }
        },
      ),
    );
  });

  it('need four objects', () => {
    expect(() => interchangePair(parseSpec({ objects: 3 }), 0, 0)).toThrow(/at least 4 objects/);
  });
});

describe('the instrument, on networks whose mechanism is known', () => {
  it.each(['positional', 'symbolic'] as const)('finds %s', async (mechanism) => {
    const spec = parseSpec({ objects: 8 });
    const probe = referenceNetwork(mechanism);
    const subject = { probe, encode: noPictures, featureWidth: 0 };
    const outcomes = await sweepLayers(subject, spec, 1, indices(200));
    const summary = summarise(outcomes);
    expect(summary.solved).toBe(200);
    expect(summary.firstCausalLayer).toBe(2);
    expect(summary.peakLayer).toBe(2);
    const shares = summary.layers.map((layer) => layer.shares);
    expect(shares[1]?.unchanged.accuracy).toBe(1);
    expect(shares[2]?.[mechanism].accuracy).toBeGreaterThanOrEqual(0.99);
    expect(shares[3]?.[mechanism].accuracy).toBeGreaterThanOrEqual(0.99);
    expect(shares[4]?.reflexive.accuracy).toBe(1);
    const { ratio, interval } = summary.ratioAtPeak;
    expect(mechanism === 'symbolic' ? ratio : 1 / ratio).toBe(401);
    expect(interval[0] <= ratio && ratio <= (interval[1] ?? Infinity)).toBe(true);
  });
});

it('a sweep that is tallied in parts has the summary of the whole', async () => {
  const spec = parseSpec({ objects: 8 });
  const probe = referenceNetwork('symbolic');
  const subject = { probe, encode: noPictures, featureWidth: 0 };
  const outcomes = await sweepLayers(subject, spec, 1, indices(30));
  // As if the network did not know the last three.
  const known = outcomes.map((one, index) => ({ ...one, solved: index < 27 }));
  const parts = [known.slice(0, 1), known.slice(1, 20), known.slice(20, 27), known.slice(27)];
  const tally = parts.map((part) => tallyOf(part)).reduce(addTallies);
  expect(summariseTally(tally)).toEqual(summarise(known));
  expect(tally).toMatchObject({ pairs: 30, solved: 27 });
  expect(tally.layers[3]?.outcomes.symbolic).toBe(27);
  expect(summariseTally(tally).ratioAtPeak.ratio).toBe(55); // (27 + 1/2) / (1/2)
});

it('shuffled associations leave position only the pairs in which both its readings agree', async () => {
  const spec = parseSpec({ objects: 8, order: 'shuffled' });
  const probe = referenceNetwork('positional');
  const subject = { probe, encode: noPictures, featureWidth: 0 };
  const outcomes = await sweepLayers(subject, spec, 1, indices(600));
  const solved = outcomes.filter((outcome) => outcome.solved);
  // Asked and P must both stand where their associations stand: one in 56.
  expect(solved.length).toBeGreaterThan(2);
  expect(solved.length).toBeLessThan(30);
  for (const { pair, layers } of solved) {
    expect(pair.original.associations[pair.positional]).toBe(pair.positional);
    expect(layers[2]?.outcome).toBe('positional');
  }
});
