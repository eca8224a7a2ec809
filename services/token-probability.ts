import { tokenResource } from './query-resource.ts';

/**
 * A token and its probability, as the API shows them.
 *
 * @param probabilities [V]
 */
export function tokenProbability(probabilities: Float64Array, token: number) {
  return { ...tokenResource(token), probability: sixDigits(probabilities[token] ?? 0) };
}

/** Single precision holds six decimal digits. */
export const sixDigits = (value: number): number => Number(value.toPrecision(6));
