import { describe, expect, it } from 'vitest';
import type { AblationEffect } from '../../contract/knockout-section.ts';
import type { OutcomeShares, Probes } from '../../contract/probes.ts';
import { countRatio } from '../../statistics/ratios.ts';
import { proportion } from '../../statistics/intervals.ts';
import {
  mechanismOf,
  summariseComparison,
  summariseCut,
  summariseInterchange,
  summariseProbes,
  type InterchangeFigures,
} from '../../probes/interpretation.ts';

/** Outcomes of 100 pairs; all others are unchanged. */
function shares(positional: number, symbolic: number, count = 100): OutcomeShares {
  return {
    positional: proportion(positional, count),
    symbolic: proportion(symbolic, count),
    reflexive: proportion(0, count),
    unchanged: proportion(count - positional - symbolic, count),
    other: proportion(0, count),
  };
}

function figures(positional: number, symbolic: number, solved = 100): InterchangeFigures {
  const at = (layer: number, of: OutcomeShares) => ({
    layer,
    shares: of,
    controls: { random: shares(12, 13, solved), unrelated: shares(11, 2, solved) },
    minLogitDelta: 1,
  });
  return {
    modality: 'text',
    order: 'context',
    objects: 8,
    pairs: 100,
    solved,
    layers: [at(0, shares(0, 0, solved)), at(1, shares(positional, symbolic, solved))],
    firstCausalLayer: solved > 0 ? 1 : null,
    peakLayer: 1,
    ratioAtPeak: countRatio(symbolic, positional),
    ratioAtFirstCausal: null,
  };
}

describe('the mechanism', () => {
  it.each([
    [99, 0, 'positional'],
    [0, 99, 'symbolic'],
    [48, 46, 'both'],
    [20, 10, 'neither'],
  ] as const)('of %d positional and %d symbolic outcomes is %s', (positional, symbolic, name) => {
    expect(mechanismOf(shares(positional, symbolic))).toBe(name);
  });

  it('of no outcome is unknown', () => {
    expect(mechanismOf(shares(0, 0, 0))).toBe('unknown');
  });
});

describe('a summary', () => {
  it('says where, how many, how sure, and what follows', () => {
    expect(summariseInterchange('m', figures(99, 0))).toBe(
      'On text with associations in context order, 8 objects: at layer 1, 99 % (95 % ' +
        'interval 95 % to 99.8 %) of 100 interchange interventions changed the answer to the item ' +
        'at the same position and 0 % (95 % interval 0 % to 4 %) to the item of the same shape: ' +
        'it binds by position, with 0.005 symbolic outcomes per positional outcome (95 % interval 0 to ' +
        '0.039). The first layer that changes most answers is 1. Of the control patches with the same ' +
        'norm, random vectors changed 12 % and 13 % of the answers to these two items, and vectors from ' +
        'unrelated scenes 11 % and 2 %; a random choice among the items would give one in 8.',
    );
  });

  it('claims nothing of a model that solves no pair', () => {
    expect(summariseInterchange('m', figures(0, 0, 0))).toContain(
      'm solves none of the 100 pairs, so its mechanism is unknown',
    );
  });

  it('of a comparison names each model and its accuracy beyond training', () => {
    const text = summariseComparison([
      { model: 'a', figures: figures(99, 0), ood: proportion(10, 100) },
      { model: 'b', figures: figures(0, 99), ood: null },
    ]);
    expect(text).toMatch(/a \(on text .*\): it binds by position, .* beyond training .* 10 % /);
    expect(text).toMatch(
      / b \(on text .*\): it binds by symbol, with 199 symbolic .* 26 or more\) at layer 1\./,
    );
  });

  const lesion = (right: number, pValue: number): AblationEffect => ({
    accuracy: proportion(right, 100),
    accuracyDrop: (100 - right) / 100,
    regressed: 100 - right,
    fixed: 0,
    pValue,
  });

  it('of a cut says whether the change is significant', () => {
    const edge = { from: 'query', to: 'colour', layers: [2, 2] } satisfies Parameters<
      typeof summariseCut
    >[0];
    expect(summariseCut(edge, proportion(100, 100), lesion(5, 1e-9))).toMatch(
      /^Cutting attention from query tokens to colour tokens in layer 2 .*, a significant change/,
    );
    expect(summariseCut(edge, proportion(100, 100), lesion(99, 1))).toContain(
      'not a significant change',
    );
  });

  it('of a file reads the sections that are there, or the one asked for', () => {
    const condition = { modality: 'text', order: 'shuffled', split: 'test', seed: 0 } as const;
    const edges = [
      { from: 'query', to: 'colour', layers: [0, 7], ...lesion(5, 1e-9) },
      { from: 'query', to: 'shape', layers: [0, 7], ...lesion(99, 1) },
    ] satisfies NonNullable<Probes['knockout']>[0]['distributions'][0]['edges'];
    const whole = { queries: 100, baseline: proportion(100, 100) };
    const probes: Probes = {
      schema: 1,
      model: 'm',
      digest: '0'.repeat(64),
      code: {},
      knockout: [
        {
          ...condition,
          window: 2,
          distributions: [
            { distribution: 'id', objects: 8, ...whole, edges },
            { distribution: 'ood', objects: 16, ...whole, edges: edges.slice(1) },
          ],
        },
      ],
    };
    expect(summariseProbes(probes)).toBe(
      'On text with associations shuffled: as in training (8 objects) the largest loss comes from ' +
        'cutting attention from query tokens to colour tokens in layers 0 to 7: accuracy falls from ' +
        '100 % to 5 %; beyond training (16 objects) no cut lowers the accuracy significantly.',
    );
    expect(summariseProbes(probes, 'linear')).toBe('');
    const at = (mean: number) => ({
      mean,
      interval: [mean - 0.01, mean + 0.01] as [number, number],
    });
    const groups = (['item', 'next-token'] as const).map((group) => {
      return { group, effect: at(1), share: at(0.5) };
    });
    const attributed = { ...whole, attributed: 100, expectedShare: at(0.5), groups, layers: [] };
    const attribution = [
      { ...condition, distributions: [{ distribution: 'id' as const, objects: 8, ...attributed }] },
    ];
    expect(summariseProbes({ ...probes, attribution }, 'attribution')).toBe(
      'On text with associations shuffled: as in training (8 objects), 50 % (95 % interval 49 % to 51 %) of ' +
        'the effect of cutting single tokens is on the two that binding by symbol needs, and 50 % on the ' +
        'token after its shape.',
    );
  });
});
