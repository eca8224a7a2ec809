import { describe, expect, it } from 'vitest';
import { attributeAnswer, followLayers, strongestTokens } from '../../probes/attribution.ts';
import { attributionFigures } from '../../probes/attribution-figures.ts';
import { attributeQueries, summariseAttributions } from '../../probes/attribution-shares.ts';
import { summariseAttribution } from '../../probes/attribution-summary.ts';
import { meanOf } from '../../statistics/intervals.ts';
import { elementAt } from '../../task/element-at.ts';
import { generateScene } from '../../task/scene.ts';
import { parseSpec } from '../../task/spec.ts';
import { colourToken, itemToken, shapeToken } from '../../task/tokens.ts';
import { referenceNetwork } from '../support/reference-networks.ts';

const noPictures = () => Promise.reject(new Error('these tests read text'));
const subjectOf = (mechanism: 'positional' | 'symbolic') => ({
  probe: referenceNetwork(mechanism),
  encode: noPictures,
  featureWidth: 0,
});

/** 32 objects need more copies of the question than fit in one row. */
const sizes = [8, 32] as const;

function questionWith(objects: number, index = 0) {
  const scene = generateScene(parseSpec({ objects, order: 'shuffled' }), 5, index);
  const object = elementAt(scene.asked, 0);
  return {
    question: {
      scene,
      ask: { question: 'indirect' as const, object },
      modality: 'text' as const,
      grid: 6,
    },
    object,
    ...elementAt(scene.objects, object),
    /** Index of the item's token: the context has two tokens an object, and one ends it. */
    itemIndex: 2 * objects + 1 + 2 * scene.associations.indexOf(object) + 1,
  };
}

describe.each(sizes)('a network that binds by symbol, with %i objects', (objects) => {
  const { question, object, colour, shape, item, itemIndex } = questionWith(objects);

  it('depends on the shape and the item, and on nothing else', async () => {
    const attribution = await attributeAnswer(subjectOf('symbolic'), question);
    expect(attribution.answer).toBe(itemToken(item));
    expect(attribution.cuts).toHaveLength(4 * objects + 1);
    const needed = attribution.cuts.filter(({ effect }) => effect !== 0);
    expect(needed.map(({ token }) => token)).toEqual([2 * object + 1, itemIndex]);
    // Of 470 logits, one is 1 and the others are 0; without the answer, all are 0.
    const kept = 1 / 470 / (Math.E / (469 + Math.E));
    for (const { effect } of needed) expect(effect).toBeCloseTo(1 - kept, 10);
  });

  it('reads the shape in layer 1 and the item in layer 3', async () => {
    const subject = subjectOf('symbolic');
    const attribution = await attributeAnswer(subject, question);
    const tokens = strongestTokens(attribution, 2);
    expect([...tokens].sort((a, b) => a - b)).toEqual([2 * object + 1, itemIndex]);
    const { effects, stream } = await followLayers(subject, question, attribution, [
      2 * object + 1,
      itemIndex,
    ]);
    const isCausal = effects.map((byLayer) => byLayer.map((effect) => effect > 0.5));
    expect(isCausal).toEqual([
      [true, true, false, false],
      [true, true, true, true],
    ]);
    const decoded = stream.map((probabilities) =>
      probabilities.indexOf(Math.max(...probabilities)),
    );
    const found = shapeToken(shape);
    expect(decoded).toEqual([
      colourToken(colour),
      colourToken(colour),
      found,
      found,
      itemToken(item),
    ]);
  });
});

it('finds the colour of a network that binds by position, and the item that it takes wrongly', async () => {
  const { question, object, item } = questionWith(8, 2);
  const figures = await attributionFigures(subjectOf('positional'), question, {
    layered: 2,
    candidates: 1,
  });
  // The k-th object is matched with the k-th association.
  const matched = elementAt(question.scene.associations, object);
  expect(matched).not.toBe(object);
  expect(figures.correct).toBe(false);
  const needed = figures.tokens.filter(({ effect }) => effect > 0.5);
  expect(needed).toMatchObject([
    { index: 2 * object, role: 'colour', object },
    { index: 16 + 1 + 2 * object + 1, role: 'association-item', object: matched },
  ]);
  expect(figures.tokens.filter(({ layers }) => layers !== null)).toHaveLength(2);
  // The correct answer is followed, too, though it is none of the most probable ones.
  expect(figures.candidates.map(({ token }) => token)).toEqual([
    figures.answer.token,
    itemToken(item),
  ]);
  expect(summariseAttribution('by-place', figures)).toMatch(
    /^by-place answers [a-z-]+ \(wrong, probability 1 %\)\. .*: (colour|association-item) /,
  );
});

describe('attributions of many queries', () => {
  const shares = async (mechanism: 'positional' | 'symbolic', order: 'context' | 'shuffled') => {
    const spec = parseSpec({ objects: 8, order });
    const indices = Array.from({ length: 40 }, (_, index) => index);
    const attributions = await attributeQueries(subjectOf(mechanism), spec, 1, indices);
    const { groups, ...rest } = summariseAttributions(attributions);
    const share = Object.fromEntries(groups.map((one) => [one.group, one.share.mean]));
    return { share, ...rest };
  };

  it('put the whole effect of binding by symbol on the two expected tokens', async () => {
    const { share, expectedShare, layers, attributed } = await shares('symbolic', 'shuffled');
    expect(attributed).toBe(40);
    expect(expectedShare).toEqual({ mean: 1, interval: [1, 1] });
    expect(Object.keys(share)).toEqual(['shape', 'item']);
    expect(share['shape']).toBeCloseTo(0.5, 10);
    const isCausal = layers.map(({ effects }) => effects.map(({ mean }) => mean > 0.5));
    expect(isCausal).toEqual([
      [true, true, false, false],
      [true, true, true, true],
    ]);
  });

  it('put none of the effect of binding by position on the shape', async () => {
    const ordered = await shares('positional', 'context');
    expect(Object.keys(ordered.share)).toEqual(['colour', 'item']);
    expect(ordered.share['colour']).toBeCloseTo(0.5, 10);
    expect(ordered.expectedShare.mean).toBeCloseTo(0.5, 10);
    // Where the order is shuffled, most answers are the item of another object.
    const shuffled = await shares('positional', 'shuffled');
    expect(shuffled.share['wrong-item']).toBeGreaterThan(0.4);
    expect(shuffled.expectedShare.mean).toBeLessThan(0.1);
  });
});

it('the mean of values has the normal interval of its sample', () => {
  // Four values with variance 5 / 3: 1.5 +- 1.96 * sqrt(5 / 3) / 2.
  const { mean, interval } = meanOf([0, 1, 2, 3]);
  expect(mean).toBe(1.5);
  expect(interval[0]).toBeCloseTo(0.2348, 4);
  expect(interval[1]).toBeCloseTo(2.7652, 4);
  expect(meanOf([2])).toEqual({ mean: 2, interval: [2, 2] });
});
