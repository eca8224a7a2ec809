import { elementAt } from '../task/element-at.ts';
import { proportion, type Proportion } from './intervals.ts';

export type PositionAccuracy = Proportion & { readonly position: number };

/**
 * Accuracy by the position of the object asked about: a decoder may answer the first of a list better
 * (primacy), or the last (recency).
 *
 * @param positions from 0, one for each answer
 * @returns one entry for each position that was asked, in order
 * @throws RangeError where an answer has no position
 */
export function accuracyByPosition(
  positions: readonly number[],
  correct: readonly boolean[],
): PositionAccuracy[] {
  const groups = new Map<number, { correct: number; count: number }>();
  for (const [index, isCorrect] of correct.entries()) {
    const position = elementAt(positions, index);
    const group = groups.get(position) ?? { correct: 0, count: 0 };
    groups.set(position, {
      correct: group.correct + Number(isCorrect),
      count: group.count + 1,
    });
  }
  return [...groups]
    .sort(([a], [b]) => a - b)
    .map(([position, group]) => ({ position, ...proportion(group.correct, group.count) }));
}
