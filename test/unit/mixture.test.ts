import { describe, expect, it } from 'vitest';
import { sweepLayers } from '../../probes/interchange.ts';
import { fitMixture, similarity, type PatchedAnswer } from '../../probes/mixture-fit.ts';
import { summariseMixture } from '../../probes/mixture.ts';
import type { ProbeRunner } from '../../probes/runner.ts';
import { elementAt } from '../../task/element-at.ts';
import { RandomStream } from '../../task/random.ts';
import { parseSpec } from '../../task/spec.ts';
import { mixtureNetwork } from '../support/mixture-network.ts';
import { referenceNetwork } from '../support/reference-networks.ts';

const spec = parseSpec({ objects: 8 });

/** At layers 0 to 2. */
async function mixtureOf(probe: ProbeRunner, pairs = 96) {
  const subject = { probe, encode: () => Promise.reject(new Error('text')), featureWidth: 0 };
  const indices = Array.from({ length: pairs }, (_, index) => index);
  const outcomes = await sweepLayers(subject, spec, 1, indices);
  return summariseMixture(
    outcomes.map((outcome) => ({ ...outcome, layers: outcome.layers.slice(0, 3) })),
  );
}

describe('planted mixtures', () => {
  it.each([
    { positional: 0.3, symbolic: 0.7, reflexive: 0, uniform: 0, spread: 0.1 },
    { positional: 0.7, symbolic: 0.3, reflexive: 0, uniform: 0, spread: 0.8 },
    { positional: 0.4, symbolic: 0.3, reflexive: 0.2, uniform: 0.1, spread: 1.2 },
  ])('are recovered to two points: %o', async (planted) => {
    const { solved, layers } = await mixtureOf(mixtureNetwork(planted));
    expect(solved).toBe(96);
    const { weights, spread, heldOut } = elementAt(layers, 1);
    for (const component of ['positional', 'symbolic', 'reflexive', 'uniform'] as const) {
      expect(Math.abs(weights[component].weight - planted[component])).toBeLessThan(0.02);
    }
    expect(weights.unchanged.weight).toBeLessThan(0.02);
    expect(Math.abs((spread ?? 0) - planted.spread)).toBeLessThan(0.11);
    expect(heldOut.mixture.mean).toBeGreaterThan(0.99);
    expect(heldOut.gain.interval[0]).toBeGreaterThan(0.1);
    // Before layer 1 the stream holds nothing, so a patch leaves the answer's own pointers.
    expect(elementAt(layers, 0).weights.unchanged.weight).toBeGreaterThan(0.5);
  });

  it('are recovered by place', async () => {
    const { layers } = await mixtureOf(
      mixtureNetwork({ positional: 0.3, symbolic: 0.7, reflexive: 0, uniform: 0, spread: 0.1 }),
    );
    const { byPlace } = elementAt(layers, 1);
    expect(byPlace.map(({ place }) => place)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    for (const { positional, symbolic } of byPlace) {
      expect(Math.abs(positional.weight - 0.3)).toBeLessThan(0.02);
      expect(Math.abs(symbolic.weight - 0.7)).toBeLessThan(0.02);
    }
    expect(byPlace.reduce((sum, { positional }) => sum + positional.pairs, 0)).toBe(96);
  });
});

describe.each(['positional', 'symbolic'] as const)('the %s network', (mechanism) => {
  it('follows one pointer, and a mixture explains no more', async () => {
    const { layers } = await mixtureOf(referenceNetwork(mechanism), 32);
    const found = elementAt(layers, 2);
    // Its logits are 1 for one item and 0 for seven: e / (e + 7) of the probability, and the rest is uniform.
    const certain = (Math.E - 1) / (Math.E + 7);
    expect(found.weights[mechanism].weight).toBeCloseTo(certain, 2);
    expect(found.weights.uniform.weight).toBeCloseTo(1 - certain, 2);
    expect(found.heldOut.bestSingle).toBe(mechanism);
    expect(found.heldOut.gain.mean).toBeLessThan(0.001);
    expect(elementAt(layers, 1).weights.unchanged.weight).toBeCloseTo(certain, 2);
  });
});

it('has intervals that hold where every pair follows one pointer', () => {
  const random = new RandomStream([0, 0, 0, 7]);
  const pairs = 64;
  const covered = Array.from({ length: 100 }, () => {
    const answers = Array.from({ length: pairs }, (): PatchedAnswer => {
      const [positional = 0, symbolic = 0, reflexive = 0, unchanged = 0] = random.sample(4, 8);
      const probabilities = new Float64Array(8);
      probabilities[random.below(10) < 3 ? positional : symbolic] = 1;
      return { positional, symbolic, reflexive, unchanged, probabilities };
    });
    const { weights } = fitMixture(answers, ['positional', 'symbolic', 'uniform']);
    // The standard error of a share of 0.3 of 64.
    return Math.abs(weights.positional - 0.3) < 1.96 * Math.sqrt((0.3 * 0.7) / pairs);
  });
  expect(covered.filter(Boolean).length).toBeGreaterThanOrEqual(88);
});

it('compares distributions by their Jensen-Shannon divergence', () => {
  const [a, b] = [Float64Array.of(1, 0), Float64Array.of(0, 1)];
  expect(similarity(a, a)).toBe(1);
  expect(similarity(a, b)).toBe(0);
  // SciPy: 1 - jensenshannon([1, 0], [.5, .5], base=2) ** 2
  expect(similarity(a, Float64Array.of(0.5, 0.5))).toBeCloseTo(0.688722, 6);
});

it('refuses nothing to fit', () => {
  expect(() => fitMixture([], ['uniform'])).toThrow(RangeError);
  expect(summariseMixture([])).toEqual({ pairs: 0, solved: 0, layers: [] });
});
