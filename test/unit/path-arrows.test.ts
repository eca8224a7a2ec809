import { describe, expect, it } from 'vitest';
import { attributionFigures } from '../../probes/attribution-figures.ts';
import {
  arrowsOf,
  describeMistake,
  effectLabel,
  placesOff,
  readBefore,
} from '../../site/explorer/path/arrows.ts';
import { labelled } from '../../site/explorer/path/geometry.ts';
import { readScore, writeScore } from '../../contract/score.ts';
import { elementAt } from '../../task/element-at.ts';
import { generateQuery } from '../../task/query.ts';
import { parseSpec } from '../../task/spec.ts';
import { referenceNetwork } from '../support/reference-networks.ts';

/** The arrows of a network whose mechanism is known, for a question whose item is at another place. */
async function arrowsFor(mechanism: 'positional' | 'symbolic') {
  const spec = parseSpec({ objects: 8, order: 'shuffled' });
  const query = generateQuery({ spec, seed: 5, index: 2, question: 0 });
  const { scene, object } = query;
  const subject = {
    probe: referenceNetwork(mechanism),
    encode: () => Promise.reject(new Error('these tests read text')),
    featureWidth: 0,
  };
  const ask = { question: 'indirect' as const, object };
  const figures = await attributionFigures(
    subject,
    { scene, ask, modality: 'text', grid: 6 },
    { layered: 6, candidates: 3 },
  );
  return { query, ...arrowsOf(figures, query) };
}

const inShort = ({ arrows }: Awaited<ReturnType<typeof arrowsFor>>) =>
  arrows.map(({ kind, list, token }) => `${kind} ${list} ${token.role}`).sort();

describe('arrows', () => {
  it('go by shape to the shape and its item', async () => {
    const found = await arrowsFor('symbolic');
    expect(inShort(found)).toEqual(['shape associations association-item', 'shape context shape']);
    expect(found.hidden).toBe(0);
    // The shape is read in layer 1, the item in layer 3.
    const shape = found.arrows.find(({ list }) => list === 'context');
    expect([0, 1, 2, 3, 4].map((layer) => shape && readBefore(shape.token, layer))).toEqual([
      ...[0, 0, 1, 1, 1],
    ]);
    const item = found.arrows.find(({ list }) => list === 'associations');
    expect([0, 3, 4].map((layer) => item && readBefore(item.token, layer))).toEqual([0, 0, 1]);
  });

  it('go by place to words that are not the shape', async () => {
    expect(inShort(await arrowsFor('positional'))).toEqual([
      'place associations association-item',
      'place context colour',
    ]);
  });
});

describe('the number of an arrow', () => {
  it.each([
    [1, '100\u00a0%'],
    [0.9999, '>99\u00a0%'],
    [0.9949, '99\u00a0%'],
    [0.885, '89\u00a0%'],
    [0.1, '10\u00a0%'],
  ])('of %s is short, and 100 only where all is lost', (effect, text) => {
    expect(effectLabel(effect)).toBe(text);
  });

  it('gives way to that of a stronger arrow at the same place, and to no other', () => {
    const head = (x: number, y: number, turned = false) => ({ x, y, turned });
    const heads = [head(84, 50), head(84, 50), head(84, 60), head(46, 50, true), head(59, 50)];
    // The last two are on both sides of the gap between the lists, where one number has room.
    expect(labelled(heads, 12)).toEqual([true, false, true, true, false]);
  });
});

describe('a mistake', () => {
  it('is how many places away the item is', async () => {
    const { query } = await arrowsFor('symbolic');
    const { objects, associations } = query.scene;
    const correct = associations.indexOf(query.object);
    const itemAt = (place: number) => elementAt(objects, elementAt(associations, place)).item;
    expect(placesOff(query, itemAt(correct))).toBe(0);
    const other = correct >= 2 ? correct - 2 : correct + 2;
    expect(placesOff(query, itemAt(other))).toBe(other - correct);
    expect(placesOff(query, 31)).toBeUndefined();
  });

  it.each([
    [2, 'It took the item two places further down.'],
    [-1, 'It took the item one place further up.'],
    [11, 'It took the item 11 places further down.'],
    [undefined, 'It names something that is in no list.'],
  ])('of %s places is said in words', (places, words) => {
    expect(describeMistake(places)).toBe(words);
  });
});

describe('a score in an address', () => {
  it('is read as it was written', () => {
    const score = { asked: 4, visitor: 3, models: [1, 4] };
    expect(writeScore(score)).toBe('3-1-4-of-4');
    expect(readScore('3-1-4-of-4')).toEqual(score);
  });

  it.each(['5-1-4-of-4', '0-0-of-0', '3-of-4', '3-1-4-of-', 'three', '3-1-4-2-of-4'])(
    'is refused: %s',
    (text) => {
      expect(readScore(text)).toBeUndefined();
    },
  );
});
