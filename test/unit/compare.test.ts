import { describe, expect, it } from 'vitest';
import { compareOutcomes } from '../../statistics/paired-comparison.ts';
import { elementAt } from '../../task/element-at.ts';

const rights = (marks: string) => Array.from(marks, (mark) => mark === '+');
const OUTCOMES = [
  {
    model: 'a',
    byObjects: [
      { objects: 4, correct: rights('++++') },
      { objects: 8, correct: rights('+++-') },
      { objects: 9, correct: rights('+---') },
    ],
  },
  {
    model: 'b',
    byObjects: [
      { objects: 4, correct: rights('++--') },
      { objects: 8, correct: rights('---+') },
      { objects: 9, correct: rights('----') },
    ],
  },
];

describe('a comparison of outcomes', () => {
  const { models, pairs } = compareOutcomes(OUTCOMES);

  it('tells each model by number of objects, and pooled up to 8 and beyond', () => {
    expect(models[0]?.byObjects.map(({ correct, count }) => [correct, count])).toEqual([
      [4, 4],
      [3, 4],
      [1, 4],
    ]);
    expect(models[0]?.id).toMatchObject({ correct: 7, count: 8, accuracy: 7 / 8 });
    expect(models[0]?.ood).toMatchObject({ correct: 1, count: 4 });
  });

  it('tells each pair query by query', () => {
    expect(pairs).toHaveLength(1);
    expect(pairs[0]?.byObjects[1]).toEqual({
      objects: 8,
      count: 4,
      both: 0,
      onlyA: 3,
      onlyB: 1,
      neither: 0,
      difference: 0.5,
      pValue: 0.625,
    });
    expect(pairs[0]?.id).toMatchObject({ count: 8, both: 2, onlyA: 5, onlyB: 1, neither: 0 });
    expect(pairs[0]?.ood).toMatchObject({ onlyA: 1, neither: 3, difference: 0.25 });
  });

  it('has a pair for every two models', () => {
    const three = [...OUTCOMES, { ...elementAt(OUTCOMES, 0), model: 'c' }];
    expect(compareOutcomes(three).pairs.map(({ a, b }) => a + b)).toEqual(['ab', 'ac', 'bc']);
  });
});
