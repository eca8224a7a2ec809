/**
 * Holm's step-down correction of several tests, valid for any dependence between them: the probability
 * of any false rejection among the tests with an adjusted p-value of at most alpha is at most alpha.
 *
 * Source: Holm (1979), Scandinavian Journal of Statistics 6.
 *
 * @returns the adjusted p-values, in the order of the arguments
 */
export function holm(pValues: readonly number[]): number[] {
  const ascending = [...pValues.entries()].sort(([, a], [, b]) => a - b);
  const adjusted = pValues.map(() => 1);
  let previous = 0;
  for (const [rank, [index, pValue]] of ascending.entries()) {
    previous = Math.max(previous, Math.min(1, (pValues.length - rank) * pValue));
    adjusted[index] = previous;
  }
  return adjusted;
}
