/**
 * The element at an index that must exist. For lists whose length the surrounding code guarantees.
 *
 * @throws RangeError where the list has no such element
 */
export function elementAt<T>(list: ArrayLike<T>, index: number): T {
  const element = list[index];
  if (element === undefined) {
    throw new RangeError(`no element ${index} in a list of ${list.length}`);
  }
  return element;
}
