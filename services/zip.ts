import { elementAt } from '../task/element-at.ts';

/**
 * The elements with the same index, as pairs.
 *
 * @throws RangeError where the lists have different lengths
 */
export function zip<A, B>(first: readonly A[], second: readonly B[]): [A, B][] {
  if (first.length !== second.length) {
    throw new RangeError(`a list of ${first.length} does not match one of ${second.length}`);
  }
  return first.map((element, index) => [element, elementAt(second, index)]);
}
