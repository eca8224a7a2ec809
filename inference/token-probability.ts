import { describeToken } from '../task/tokens.ts';

/** A token as the API shows it. */
export function tokenResource(token: number) {
  const { kind, name } = describeToken(token);
  return { token, kind, name };
}

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
