import { tokenResource } from './query-resource.ts';

/** A token and its probability, as the API shows it. */
export function tokenProbability(probabilities: Float64Array, token: number) {
  return { ...tokenResource(token), probability: sixDigits(probabilities[token]) };
}

/** Six digits are what single precision holds. */
export const sixDigits = (value: number): number => Number(value.toPrecision(6));
